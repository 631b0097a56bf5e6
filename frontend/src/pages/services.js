/**
 * What the tools borrow from the page: predictions, by the browser's model where it can and by the
 * server's where it cannot, and a voice.
 */

import { fetchFeatures } from "../api/features.js";
import { fetchCandidates } from "../api/prompts.js";
import { fromHalves } from "../inference/halves.js";
import { findAlike } from "./findObjects.js";

/** @typedef {import("../geometry/features.js").Embedding} Embedding */

/**
 * @param {Object} parts
 * @param {import("../api/client.js").Client} parts.client
 * @param {import("../api/wire.js").WireImage} parts.image
 * @param {import("./browserModel.js").BrowserModel} parts.browserModel
 * @param {string} parts.segmenter by name
 * @param {import("./abilities.js").Abilities} parts.abilities
 * @param {import("./findObjects.js").Finder["open"]} parts.open
 * @param {import("./board.js").Board} parts.board
 * @param {import("../panels/toasts.js").Toasts} parts.toasts
 * @returns {Omit<import("../types.js").Services, "pixels">}
 */
export function createServices(parts) {
  const { client, image, browserModel, segmenter, abilities, board, toasts } = parts;
  const here = (/** @type {number} */ ms) =>
    board.show({ model: { name: segmenter, ms, place: "browser" } });
  let isFromHere = false; // the last answer: the server looks closer by itself
  return {
    predict: async (prompt) => {
      const found = await browserModel.answer(image, prompt);
      isFromHere = found !== null;
      if (found) {
        here(found.ms);
        return found.answer;
      }
      return askServer(prompt, { client, image, board });
    },
    lookCloser: async (prompt) => {
      if (!isFromHere || !(await abilities.looksCloser(segmenter))) return [];
      return closerLook(prompt, client, image.id);
    },
    foresee: async (prompt, isFresh) => {
      const found = await browserModel.foresee(image, prompt, isFresh);
      if (found) here(found.ms);
      return found?.answer ?? null;
    },
    findAlike: (box) => void findAlike(box, parts),
    embedding: embeddingOf(client, image.id, () => abilities.keepsFeatures(segmenter)),
    notify: (message, kind) => toasts.say(message, kind === "error" ? "bad" : kind),
  };
}

/**
 * @param {import("../types.js").Prompt} prompt
 * @param {Pick<Parameters<typeof createServices>[0], "client" | "image" | "board">} parts
 */
async function askServer(prompt, { client, image, board }) {
  try {
    const onWait = (/** @type {string} */ waiting) => board.show({ waiting });
    const answer = await fetchCandidates(client, image.id, prompt, { onWait });
    board.show({
      model: { name: answer.segmenter, ms: answer.milliseconds, place: "server" },
    });
    return answer.candidates;
  } finally {
    board.show({ waiting: "" });
  }
}

/**
 * @param {import("../types.js").Prompt} prompt
 * @param {import("../api/client.js").Client} client
 * @param {number} image
 */
async function closerLook(prompt, client, image) {
  try {
    const { candidates } = await fetchCandidates(client, image, prompt);
    if (prompt.region) return candidates;
    return candidates.filter(({ logits }) => logits === null); // else the server saw no more either
  } catch {
    return []; // a good answer is on the screen: that there is no better one is no news
  }
}

/**
 * What the server keeps of an image, fetched at the first question and then remembered. Not there
 * yet is not remembered; a model that keeps none is not asked again, and one that is known to keep
 * none is not asked at all.
 * @param {import("../api/client.js").Client} client
 * @param {number} image
 * @param {() => Promise<boolean>} keeps whether the model keeps any
 * @returns {() => Promise<Embedding | null>}
 */
export function embeddingOf(client, image, keeps) {
  /** @type {Embedding | null | undefined} */
  let known;
  return async () => {
    if (known !== undefined) return known;
    if (!(await keeps())) {
      known = null;
      return known;
    }
    const found = await fetchFeatures(client, image);
    if (found.kind === "later") return null;
    known = found.kind === "features" ? gridOf(found) : null;
    return known;
  };
}

/**
 * @param {{shape: readonly number[], half: ArrayBuffer}} features
 * @returns {Embedding | null} null where it is no square grid, which no classifier here understands
 */
function gridOf({ shape, half }) {
  const [channels = 0, rows = 0, columns = 0] = shape.slice(-3);
  if (rows !== columns || channels * rows === 0) return null;
  return { data: fromHalves(half), channels, side: rows };
}
