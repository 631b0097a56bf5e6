/** What panels may ask for, bound to the desk and the board. */

import { addLabel, reviseLabel } from "../api/projects.js";
import { addTag, tagImage } from "../api/tags.js";
import { acceptAboveRejectRest } from "../model/actions/acceptAboveRejectRest.js";
import { putLabel } from "../model/actions/putLabel.js";
import { setAttribute } from "../model/actions/setAttribute.js";
import { keepersOf } from "../model/overlap.js";
import { judgement } from "../panels/judgement.js";
import { counted } from "../panels/wording.js";
import { t } from "../texts.js";
import { acceptObjects, chooseLabel, removeObjects, zoomToObject } from "./commands.js";
import { resolveConflict } from "./conflictDesk.js";
import { saveAsFile } from "./download.js";
import { findByWords } from "./findObjects.js";
import { setTheme } from "./themeSwitch.js";

/**
 * @typedef {import("../panels/view.js").Deeds} Deeds
 * @typedef {import("../panels/view.js").Facts} Facts
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").DeskParts} DeskParts
 */

/**
 * @param {Desk} desk
 * @param {DeskParts & {login: import("./loginDesk.js").LoginDesk, run: Deeds["run"],
 *   runAsKey: Deeds["runAsKey"], past: Deeds["past"], diff: Deeds["diff"], talk: Deeds["talk"],
 *   hints: Deeds["hints"], keys: Deeds["keys"]}} parts
 * @returns {Deeds}
 */
export function createDeeds(
  desk,
  { client, outbox, board, toasts, login, run, runAsKey, past, diff, talk, hints, keys },
) {
  const withStore = (
    /** @type {(store: import("../model/store.js").EditorStore) => void} */ act,
  ) => {
    if (desk.store) act(desk.store);
  };
  return {
    run,
    runAsKey,
    show: (facts) => showFacts(desk, board, facts),
    look: (session) => withStore((store) => store.update(session)),
    press: (key, shift = false) => {
      desk.room?.stage.handleKey(new KeyboardEvent("keydown", { key, code: key, shiftKey: shift }));
    },
    goTo: (image) => void desk.open(image),
    select: (id, { add = false } = {}) =>
      withStore((store) => store.update({ selection: selected(store, id, add) })),
    zoomTo: (id) => withStore((store) => zoomToObject(store, id)),
    chooseLabel: (label) => withStore((store) => chooseLabel(store, label)),
    saveLabel: (form) => void saveLabel(desk, { client, board }, form),
    judge: (threshold) => withStore((store) => judge(store, { board, toasts }, threshold)),
    find: (words) => void findByWords(words, { client, open: () => desk.opened, board, toasts }),
    accept: (ids) => withStore((store) => acceptOrAsk(store, toasts, ids)),
    remove: (ids) => withStore((store) => removeObjects(store, ids)),
    resolve: (row, choice) => resolveConflict(desk, { outbox, board }, row, choice),
    retry: (row) => outbox.retry(row),
    discard: (row) => {
      outbox.discard(row);
      if (desk.room?.image.id === row.image) void desk.restore(row.id);
    },
    download: () =>
      saveAsFile(
        `unsent-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.json`,
        outbox.unsentChanges(),
      ),
    takeOver: () => void desk.takeOver(),
    order: (ordering) => void desk.order(ordering),
    setAttribute: (ids, name, value) =>
      withStore((store) => store.dispatch(setAttribute({ ids, name, value }))),
    past,
    diff,
    talk,
    hints,
    keys,
    tag: (tag, isOn) =>
      void putTags(board, client, board.facts.image?.id, isOn ? { add: [tag] } : { remove: [tag] }),
    addTag: (name) => void createTag(board, client, name),
    logIn: (username, password) => void login.logIn(username, password),
    endLogin: (done) => void login.endBy(done),
  };
}

/**
 * @param {Desk} desk
 * @param {import("./board.js").Board} board
 * @param {Partial<Facts>} facts
 */
function showFacts(desk, board, facts) {
  const former = board.facts;
  board.show(facts);
  if (facts.theme !== undefined && facts.theme !== former.theme) setTheme(facts.theme);
  if (facts.threshold !== undefined) preview(desk, facts.threshold);
  if (former.dialog !== "" && board.facts.dialog === "") desk.room?.focus();
}

/**
 * Objects hidden by the preview of a threshold, not by a person.
 * @type {WeakMap<object, ReadonlySet<string>>}
 */
const hiddenByPreview = new WeakMap();

/**
 * While a threshold is weighed, the canvas shows what would stay.
 * @param {Desk} desk
 * @param {number | null} threshold
 */
function preview({ store }, threshold) {
  if (!store) return;
  const { document, session } = store.state;
  const ours = hiddenByPreview.get(store) ?? new Set();
  const theirs = new Set([...session.hidden].filter((id) => !ours.has(id)));
  const falling = threshold === null ? [] : judgement(document, threshold, session).rejected;
  hiddenByPreview.set(store, new Set(falling.filter((id) => !theirs.has(id))));
  store.update({ hidden: new Set([...theirs, ...falling]) });
}

/**
 * @param {import("../model/store.js").EditorStore} store
 * @param {string} id
 * @param {boolean} add
 */
function selected(store, id, add) {
  const { selection } = store.state.session;
  if (!add) return [id];
  return selection.includes(id) ? selection.filter((other) => other !== id) : [...selection, id];
}

/**
 * @param {import("../model/store.js").EditorStore} store
 * @param {import("../panels/toasts.js").Toasts} toasts
 * @param {readonly string[]} ids
 */
function acceptOrAsk(store, toasts, ids) {
  if (!acceptObjects(store, ids)) toasts.say(t("Choose a label first: press a digit."), "warn");
}

/**
 * @param {import("../model/store.js").EditorStore} store
 * @param {Pick<DeskParts, "board" | "toasts">} parts
 * @param {number} threshold
 */
function judge(store, { board, toasts }, threshold) {
  const { document, session } = store.state;
  const { accepted, rejected } = judgement(document, threshold, session);
  const ours = hiddenByPreview.get(store) ?? new Set();
  hiddenByPreview.delete(store);
  store.update({ hidden: new Set([...store.state.session.hidden].filter((id) => !ours.has(id))) });
  board.show({ threshold: null });
  const parts = { accepted, rejected, label: session.label, keepers: keepersOf(store.state) };
  if (!store.dispatch(acceptAboveRejectRest(parts))) return;
  toasts.say(
    t("{what} accepted, {count} rejected. Ctrl+Z takes it back.", {
      what: counted(accepted.length, "suggestion"),
      count: rejected.length,
    }),
    "good",
  );
}

/**
 * @param {Desk} desk
 * @param {Pick<DeskParts, "client" | "board">} parts
 * @param {Parameters<Deeds["saveLabel"]>[0]} form
 */
async function saveLabel(desk, { client, board }, { id, ...label }) {
  const { project } = board.facts;
  if (!project || !desk.store) return;
  try {
    const stored =
      id === null
        ? await addLabel(client, project.id, label)
        : await reviseLabel(client, id, label);
    desk.store.dispatch(putLabel(stored), { origin: "remote" });
    board.show({
      labelForm: null,
      project: {
        ...project,
        labels: [...project.labels.filter((one) => one.id !== stored.id), stored],
      },
    });
    if (id === null) desk.store.update({ label: stored.id });
    desk.room?.focus();
  } catch (error) {
    board.show({
      labelForm: { id, problem: error instanceof Error ? error.message : String(error) },
    });
  }
}

/**
 * @param {import("./board.js").Board} board
 * @param {import("../api/client.js").Client} client
 * @param {number | undefined} id of the image that was open when the person said so
 * @param {{add?: readonly number[], remove?: readonly number[]}} change
 */
async function putTags(board, client, id, change) {
  if (id === undefined) return;
  try {
    const { tags } = await tagImage(client, id, change);
    if (board.facts.image?.id === id)
      board.show({ image: { ...board.facts.image, tags }, tagProblem: "" });
  } catch (error) {
    board.show({ tagProblem: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * @param {import("./board.js").Board} board
 * @param {import("../api/client.js").Client} client
 * @param {string} name
 */
async function createTag(board, client, name) {
  const { project, image } = board.facts;
  if (!project || !image) return;
  try {
    const tag = await addTag(client, project.id, name);
    board.show({ project: { ...project, tags: [...project.tags, tag] } });
    await putTags(board, client, image.id, { add: [tag.id] });
  } catch (error) {
    board.show({ tagProblem: error instanceof Error ? error.message : String(error) });
  }
}
