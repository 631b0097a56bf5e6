/**
 * From a finished shape to the document, the same way for every tool: a new object, with Shift more
 * of the selected one, with Alt less of it; always one undo step and by the overlap mode.
 */

import { area } from "../geometry/rle.js";
import { intersect, subtract, union } from "../geometry/sets.js";
import { addObject } from "../model/actions/addObject.js";
import { replaceMask } from "../model/actions/replaceMask.js";
import { newId } from "../model/ids.js";
import { keepersOf, leaveToOthers } from "../model/overlap.js";
import { midSentence, t } from "../texts.js";
import { editableSelection } from "./hits.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").ToolContext} ToolContext */

/** What the overlay of keys says of every tool that ends here. */
export const SHAPE_GESTURES = Object.freeze([
  { keys: ["Shift"], words: t("Held at the end: add to the selected object") },
  { keys: ["Alt"], words: t("Held at the end: cut out of the selected object") },
]);

/**
 * @param {Pick<ToolContext, "store" | "services">} context
 * @param {Rle} rle as drawn
 * @param {{shift: boolean, alt: boolean, noun: string}} how noun: as in "Lasso"
 * @returns {boolean} whether the document changed
 */
export function finishShape({ store, services }, rle, { shift, alt, noun }) {
  const target = shift || alt ? editableSelection(store.state) : null;
  if (area(rle) === 0) {
    services.notify(t("The {shape} holds no pixel.", { shape: midSentence(noun) }), "info");
    return false;
  }
  if (alt && !target) {
    services.notify(t("Select the object to cut from first."), "info");
    return false;
  }
  if (alt && target) {
    const words = t("Cut {shape}", { shape: midSentence(noun) });
    return revise({ store, services }, target.id, subtract(target.rle, rle), words);
  }
  return paint(
    { store, services },
    rle,
    target?.id ?? null,
    t("Add {shape}", { shape: midSentence(noun) }),
  );
}

/**
 * Put pixels into an object, or (null) into a new one, which is then selected.
 * @param {Pick<ToolContext, "store" | "services">} context
 * @param {Rle} rle as drawn, at least a pixel
 * @param {string | null} id
 * @param {string} words of the undo step
 * @returns {boolean} whether the document changed
 */
export function paint({ store, services }, rle, id, words) {
  const object = id === null ? undefined : store.state.document.objects.get(id);
  const drawn = leaveToOthers(store.state, rle, object?.id ?? null);
  if (area(drawn) === 0) {
    services.notify(t("All of it belongs to objects that are kept: see Overlap."), "info");
    return false;
  }
  if (object) return revise({ store, services }, object.id, union(object.rle, drawn), words);
  const fresh = newId();
  const added = store.dispatch(
    addObject({ id: fresh, rle: drawn, label: store.state.session.label }),
  );
  if (added) store.update({ selection: [fresh] });
  return added;
}

/**
 * Give an object another mask, whatever it was drawn with. One that was locked since the drawing
 * began stays as it is.
 * @param {Pick<ToolContext, "store" | "services">} context
 * @param {string} id
 * @param {Rle} rle
 * @param {string} words of the undo step
 * @returns {boolean} whether the document changed
 */
export function revise({ store, services }, id, rle, words) {
  if (store.state.session.locked.has(id)) {
    services.notify(t("The object is locked: nothing was changed."), "info");
    return false;
  }
  return store.dispatch(replaceMask({ id, rle, words, keepers: keepersOf(store.state) }));
}

/**
 * Give an object another shape; what it grows by is taken by the overlap mode.
 * @param {Pick<ToolContext, "store" | "services">} context
 * @param {Readonly<import("../types.js").MaskObject>} object
 * @param {Rle} rle
 * @param {string} words of the undo step
 * @returns {boolean} whether the document changed
 */
export function reshape({ store, services }, object, rle, words) {
  const grown = leaveToOthers(store.state, subtract(rle, object.rle), object.id);
  const kept = intersect(rle, object.rle);
  return revise({ store, services }, object.id, union(kept, grown), words);
}
