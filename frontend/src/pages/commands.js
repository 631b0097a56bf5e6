/**
 * The commands of the key map on the open image. One that has nothing to do answers false, and its
 * key stays free.
 */

import { bbox } from "../geometry/rle.js";
import { atScale, fitBox, fitImage, zoomAt } from "../geometry/viewport.js";
import { acceptSuggestion } from "../model/actions/acceptSuggestion.js";
import { inWords } from "../model/actions/action.js";
import { addObject } from "../model/actions/addObject.js";
import { deleteObject } from "../model/actions/deleteObject.js";
import { rejectSuggestion } from "../model/actions/rejectSuggestion.js";
import { relabel } from "../model/actions/relabel.js";
import { reorder } from "../model/actions/reorder.js";
import { newId } from "../model/ids.js";
import { toggled } from "../panels/idSets.js";

/**
 * @typedef {import("../model/store.js").EditorStore} EditorStore
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../types.js").Session} Session
 */

const ZOOM_STEP = 1.25;
const SMALL_STEP = 1.1;
const LARGE_STEP = 1.5;
const MAX_BRUSH_PX = 2000;

/** @typedef {(store: EditorStore) => boolean} StoreCommand */

/** @type {Readonly<Record<string, StoreCommand>>} */
export const STORE_COMMANDS = Object.freeze({
  remove: (store) => removeObjects(store, store.state.session.selection),
  accept: (store) => acceptObjects(store, store.state.session.selection),
  raise: (store) => moveInOrder(store, "up"),
  lower: (store) => moveInOrder(store, "down"),
  selectAll: (store) => look(store, { selection: visibleIds(store) }),
  duplicate: (store) => pasteObjects(store, picked(store)),
  lastDrawingTool: (store) => look(store, { tool: store.state.session.drawingTool }),
  swap: (store) => look(store, { swapped: !store.state.session.swapped }),
  brushSmaller: (store) => scaleBrush(store, 1 / SMALL_STEP),
  brushLarger: (store) => scaleBrush(store, SMALL_STEP),
  brushMuchSmaller: (store) => scaleBrush(store, 1 / LARGE_STEP),
  brushMuchLarger: (store) => scaleBrush(store, LARGE_STEP),
  fit: (store) =>
    look(store, { view: fitImage(store.state.document.image, store.state.session.stage) }),
  actualSize: (store) =>
    look(store, { view: atScale(store.state.session.view, 1, store.state.session.stage) }),
  zoomToObject: (store) => zoomToObject(store, store.state.session.selection.at(-1)),
  zoomIn: (store) => zoom(store, ZOOM_STEP),
  zoomOut: (store) => zoom(store, 1 / ZOOM_STEP),
  toggleMasks: (store) => look(store, { masksVisible: !store.state.session.masksVisible }),
  peek: (store) => look(store, { masksVisible: false }),
  outlineOnly: (store) => look(store, { outlineOnly: !store.state.session.outlineOnly }),
  hide: (store) => toggleAll(store, "hidden"),
  lock: (store) => toggleAll(store, "locked"),
});

/**
 * @param {EditorStore} store
 * @param {Partial<Session>} session
 */
function look(store, session) {
  store.update(session);
  return true;
}

/**
 * Suggestions are rejected, so that the model learns from it; what a person made is deleted.
 * @param {EditorStore} store
 * @param {readonly string[]} ids
 */
export function removeObjects(store, ids) {
  const open = unlocked(store, ids);
  const { objects } = store.state.document;
  const suggested = open.filter((id) => objects.get(id)?.state === "suggested");
  const others = open.filter((id) => objects.get(id)?.state !== "suggested");
  if (open.length === 0) return false;
  const [reject, remove] = [rejectSuggestion({ ids: suggested }), deleteObject({ ids: others })];
  const words = others.length === 0 ? reject.words : remove.words;
  store.dispatch(inWords(words, (document) => remove(reject(document))));
  store.update({ selection: [] });
  return true;
}

/**
 * @param {EditorStore} store
 * @param {readonly string[]} ids
 */
export function acceptObjects(store, ids) {
  return store.dispatch(
    acceptSuggestion({ ids: unlocked(store, ids), label: store.state.session.label }),
  );
}

/**
 * Label what is selected, else what comes next.
 * @param {EditorStore} store
 * @param {number} label
 */
export function chooseLabel(store, label) {
  const ids = unlocked(store, store.state.session.selection);
  if (ids.length > 0) store.dispatch(relabel({ ids, label }));
  store.update({ label });
  return true;
}

/**
 * @param {EditorStore} store
 * @param {readonly MaskObject[]} objects of an image of the same size
 */
export function pasteObjects(store, objects) {
  const { width, height } = store.state.document.image;
  const fitting = objects.filter(({ rle }) => rle.size[0] === height && rle.size[1] === width);
  if (fitting.length === 0) return false;
  const ids = fitting.map(() => newId());
  const additions = fitting.map(({ rle, label, iscrowd, attributes }, i) =>
    addObject({ id: ids[i], rle, label, iscrowd, attributes }),
  );
  const pasted = store.dispatch(
    inWords("Paste", (document) => additions.reduce((so_far, add) => add(so_far), document)),
  );
  if (pasted) store.update({ selection: ids });
  return pasted;
}

/** @param {EditorStore} store @returns {readonly Readonly<MaskObject>[]} */
export function picked(store) {
  const { document, session } = store.state;
  return session.selection.flatMap((id) => document.objects.get(id) ?? []);
}

/**
 * @param {EditorStore} store
 * @param {string | undefined} id
 */
export function zoomToObject(store, id) {
  const object = store.state.document.objects.get(id ?? "");
  if (!object) return false;
  return look(store, { view: fitBox(bbox(object.rle), store.state.session.stage) });
}

/**
 * @param {EditorStore} store
 * @param {readonly string[]} ids
 */
function unlocked(store, ids) {
  return ids.filter((id) => !store.state.session.locked.has(id));
}

/** @param {EditorStore} store */
function visibleIds(store) {
  const { document, session } = store.state;
  return [...document.objects.values()]
    .filter(({ id, state }) => state !== "rejected" && !session.hidden.has(id))
    .map(({ id }) => id);
}

/**
 * @param {EditorStore} store
 * @param {"up" | "down"} place
 */
function moveInOrder(store, place) {
  const id = store.state.session.selection.at(-1);
  return id === undefined ? false : store.dispatch(reorder({ id, place })) || true;
}

/**
 * @param {EditorStore} store
 * @param {number} factor
 */
function scaleBrush(store, factor) {
  const { brushSize } = store.state.session;
  // At least one pixel further, or a small brush would never grow.
  const wanted =
    factor > 1
      ? Math.max(brushSize + 1, brushSize * factor)
      : Math.min(brushSize - 1, brushSize * factor);
  return look(store, { brushSize: Math.round(Math.min(MAX_BRUSH_PX, Math.max(1, wanted))) });
}

/**
 * @param {EditorStore} store
 * @param {number} factor
 */
function zoom(store, factor) {
  const { view, stage } = store.state.session;
  return look(store, { view: zoomAt(view, { x: stage.width / 2, y: stage.height / 2 }, factor) });
}

/**
 * @param {EditorStore} store
 * @param {"hidden" | "locked"} what
 */
function toggleAll(store, what) {
  const { selection } = store.state.session;
  if (selection.length === 0) return false;
  const next = selection.reduce((ids, id) => toggled(ids, id), store.state.session[what]);
  return look(store, { [what]: next });
}
