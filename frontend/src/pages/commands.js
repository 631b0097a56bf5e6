/**
 * The commands of the key map on the open image. One that has nothing to do answers false, and its
 * key stays free.
 */

import { bbox } from "../geometry/rle.js";
import { RULER_PX } from "../geometry/ruler.js";
import { atScale, fitBox, fitImage, panBy, zoomAt } from "../geometry/viewport.js";
import { acceptSuggestion } from "../model/actions/acceptSuggestion.js";
import { inWords } from "../model/actions/action.js";
import { deleteObject } from "../model/actions/deleteObject.js";
import { rejectSuggestion } from "../model/actions/rejectSuggestion.js";
import { relabel } from "../model/actions/relabel.js";
import { reorderAll } from "../model/actions/reorderAll.js";
import { keepersOf } from "../model/overlap.js";
import { AS_IT_IS } from "../model/pictureLook.js";
import { isProposal } from "../model/proposals.js";

/**
 * @typedef {import("../model/store.js").EditorStore} EditorStore
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../types.js").Session} Session
 */

const ZOOM_STEP = 1.25;
const SMALL_STEP = 1.1;
const LARGE_STEP = 1.5;
const MAX_BRUSH_PX = 2000;

/** @type {Readonly<Record<import("../types.js").Overlap, import("../types.js").Overlap>>} */
const NEXT_OVERLAP = { protect: "over", over: "behind", behind: "protect" };

/** @typedef {(store: EditorStore) => boolean} StoreCommand */

/** @type {Readonly<Record<string, StoreCommand>>} */
export const STORE_COMMANDS = Object.freeze({
  remove: (store) => removeObjects(store, store.state.session.selection),
  takeBack: (store) => removeObjects(store, store.state.session.selection),
  accept: (store) => acceptObjects(store, store.state.session.selection),
  raise: (store) => moveInOrder(store, "up"),
  lower: (store) => moveInOrder(store, "down"),
  selectAll: (store) => look(store, { selection: visibleIds(store) }),
  lastDrawingTool: (store) => look(store, { tool: store.state.session.drawingTool }),
  swap: (store) => look(store, { swapped: !store.state.session.swapped }),
  brushSmaller: (store) => scaleBrush(store, 1 / SMALL_STEP),
  brushLarger: (store) => scaleBrush(store, SMALL_STEP),
  brushMuchSmaller: (store) => scaleBrush(store, 1 / LARGE_STEP),
  brushMuchLarger: (store) => scaleBrush(store, LARGE_STEP),
  brushShape: (store) =>
    look(store, { brushShape: store.state.session.brushShape === "disc" ? "square" : "disc" }),
  overlap: (store) => look(store, { overlap: NEXT_OVERLAP[store.state.session.overlap] }),
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
  pixelGrid: (store) => look(store, { gridShown: !store.state.session.gridShown }),
  minimap: (store) => look(store, { minimapShown: !store.state.session.minimapShown }),
  rulers: (store) => toggleRulers(store),
  heat: (store) => look(store, { heat: !store.state.session.heat }),
  patterns: (store) => look(store, { patterns: !store.state.session.patterns }),
  resetLook: (store) => look(store, { picture: AS_IT_IS }),
  invertPicture: (store) => invert(store),
  hide: (store) => toggleAll(store, "hidden"),
  lock: (store) => toggleAll(store, "locked"),
  solo: (store) => solo(store),
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
 * The rulers take room from the canvas; the picture stays where it is on the screen.
 * @param {EditorStore} store
 */
function toggleRulers(store) {
  const { rulersShown, view } = store.state.session;
  const shift = rulersShown ? RULER_PX : -RULER_PX;
  return look(store, { rulersShown: !rulersShown, view: panBy(view, shift, shift) });
}

/** @param {EditorStore} store */
function invert(store) {
  const { picture } = store.state.session;
  return look(store, { picture: Object.freeze({ ...picture, invert: !picture.invert }) });
}

/**
 * Suggestions are rejected, so that the model learns from it; what a person made is deleted.
 * @param {EditorStore} store
 * @param {readonly string[]} ids
 */
export function removeObjects(store, ids) {
  const open = unlocked(store, ids);
  const { objects } = store.state.document;
  const suggested = open.filter((id) => isProposal(objects.get(id)));
  const others = open.filter((id) => !isProposal(objects.get(id)));
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
    acceptSuggestion({
      ids: unlocked(store, ids),
      label: store.state.session.label,
      keepers: keepersOf(store.state),
    }),
  );
}

/**
 * Label what is selected, else what comes next.
 * @param {EditorStore} store
 * @param {number} label
 */
export function chooseLabel(store, label) {
  const ids = unlocked(store, store.state.session.selection);
  if (ids.length > 0) store.dispatch(relabel({ ids, label, keepers: keepersOf(store.state) }));
  store.update({ label });
  return true;
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
  const { selection } = store.state.session;
  if (selection.length === 0) return false;
  store.dispatch(reorderAll({ ids: selection, place }));
  return true; // also where nothing can move: the key does not scroll the page
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
 * Show only what is selected; where only that is shown already, everything again.
 * @param {EditorStore} store
 */
export function solo(store) {
  const { document, session } = store.state;
  const kept = new Set(session.selection);
  const others = [...document.objects.keys()].filter((id) => !kept.has(id));
  const isSolo = session.hidden.size > 0 && others.every((id) => session.hidden.has(id));
  if (kept.size === 0 && session.hidden.size === 0) return false;
  return look(store, { hidden: new Set(isSolo || kept.size === 0 ? [] : others) });
}

/**
 * @param {EditorStore} store
 * @param {"hidden" | "locked"} what
 */
function toggleAll(store, what) {
  const { selection } = store.state.session;
  if (selection.length === 0) return false;
  const former = store.state.session[what];
  const areAll = selection.every((id) => former.has(id));
  const others = [...former].filter((id) => !selection.includes(id));
  return look(store, { [what]: new Set(areAll ? others : [...former, ...selection]) });
}
