/**
 * Objects that words describe, or that are like one in a box: asked of the server and put into the
 * document as suggestions.
 */

import { fetchCandidates } from "../api/prompts.js";
import { boxesOverlap } from "../geometry/box.js";
import { bbox } from "../geometry/rle.js";
import { iou } from "../geometry/sets.js";
import { suggestObjects } from "../model/actions/suggestObjects.js";
import { counted } from "../panels/wording.js";
import { t } from "../texts.js";
import { wordsOf } from "./trouble.js";

/**
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../model/store.js").EditorStore} EditorStore
 * @typedef {import("../types.js").Candidate} Candidate
 */
/**
 * @typedef {Object} Finder
 * @property {Client} client
 * @property {() => {store: EditorStore, image: number} | null} open what is on the screen
 * @property {import("./board.js").Board} board
 * @property {{say: (words: string, kind: "info" | "good" | "bad") => void}} toasts
 */

/** @type {import("../types.js").Prompt} */
const BLANK = { points: [], box: null, mask: null, logits: null, multimask: true };
const SAME_OBJECT_IOU = 0.5; // as the server's pre-labelling
const ALIKE = t("To find all objects like one in a box takes a model that can, such as SAM 3.");
const NOTHING_NEW = t("Nothing else like it was found: all of them are on the picture.");

/**
 * @param {string} words
 * @param {Finder} finder
 */
export async function findByWords(words, finder) {
  const text = words.trim();
  if (text)
    await find(finder, {
      prompt: { ...BLANK, text },
      said: t("for “{text}”", { text }),
      sign: text,
    });
}

/**
 * Every object that is like the one in the box; those that are on the picture already come once.
 * @param {import("../types.js").BoxXyxy} box
 * @param {Finder & {abilities: import("./abilities.js").Abilities, segmenter: string}} finder
 *   segmenter: the project's, the first choice
 */
export async function findAlike(box, finder) {
  const { segmenter, missing } = await finder.abilities.answererOf("exemplars", finder.segmenter);
  if (segmenter === null) {
    finder.toasts.say(`${ALIKE} ${missing}`, "info");
    return;
  }
  const prompt = { ...BLANK, exemplars: [/** @type {const} */ ([...box, 1])] };
  const said = t("like the one in the box");
  await find(finder, { prompt, segmenter, said, sign: said, isNew: notOn });
}

/**
 * Asks, and suggests what comes back with the label in hand, unless another image is open by then.
 * @param {Finder} finder
 * @param {{prompt: import("../types.js").Prompt, said: string, sign: string, segmenter?: string,
 *   isNew?: (store: EditorStore) => (candidate: Candidate) => boolean}} what said: what was looked
 *   for, in words; sign: shown while it is looked for
 */
async function find({ client, open, board, toasts }, { prompt, said, sign, segmenter, isNew }) {
  const image = open()?.image;
  if (image === undefined || board.facts.finding) return;
  board.show({ finding: sign });
  try {
    const onWait = (/** @type {string} */ waiting) => board.show({ waiting });
    const { candidates } = await fetchCandidates(client, image, prompt, { segmenter, onWait });
    const now = open();
    if (now?.image !== image) return;
    const found = isNew ? candidates.filter(isNew(now.store)) : candidates;
    if (found.length === 0) {
      toasts.say(
        candidates.length === 0 ? t("Nothing was found {said}.", { said }) : NOTHING_NEW,
        "info",
      );
      return;
    }
    now.store.dispatch(suggestObjects(found, now.store.state.session.label));
    toasts.say(`${counted(found.length, "suggestion")} ${said}.`, "good");
  } catch (error) {
    toasts.say(wordsOf(error), "bad");
  } finally {
    board.show({ finding: "", waiting: "" });
  }
}

/**
 * Whether a candidate is none of the objects on the picture.
 * @param {EditorStore} store
 * @returns {(candidate: Candidate) => boolean}
 */
function notOn({ state }) {
  const there = [...state.document.objects.values()].filter((one) => one.state !== "rejected");
  return ({ rle }) =>
    !there.some(
      (one) => boxesOverlap(bbox(one.rle), bbox(rle)) && iou(one.rle, rle) >= SAME_OBJECT_IOU,
    );
}
