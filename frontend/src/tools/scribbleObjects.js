/** From the masks of classes to objects: a thing piece by piece, stuff as a whole, where it is free. */
import { components } from "../geometry/components.js";
import { area } from "../geometry/rle.js";
import { subtract, unionOf } from "../geometry/sets.js";
import { labelById } from "../model/document.js";
import { newId } from "../model/ids.js";

/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").Rle} Rle */

const MOST_OBJECTS = 100; // of a label; a class in more pieces is one object

/**
 * Confirmed objects keep their pixels, unless the overlap mode is "draw over".
 * @param {EditorState} state
 * @param {readonly (number | null)[]} labels by class; null is background and makes nothing
 * @param {readonly Rle[]} masks by class
 * @param {{least: number, isParted: boolean}} how least: pixels of a piece, the largest aside
 * @returns {{id: string, rle: Rle, label: number}[]}
 */
export function objectsFrom(state, labels, masks, { least, isParted }) {
  const taken = takenBy(state);
  return labels.flatMap((label, own) => {
    const mask = masks[own];
    if (label === null || !mask) return [];
    const free = taken ? subtract(mask, taken) : mask;
    const isThing = labelById(state.document, label)?.is_thing ?? true;
    const parts = isThing && isParted ? piecesOf(free, least) : [free];
    return parts.filter((rle) => area(rle) > 0).map((rle) => ({ id: newId(), rle, label }));
  });
}

/**
 * @param {Rle} mask
 * @param {number} least
 */
function piecesOf(mask, least) {
  const large = components(mask).filter((piece, index) => index === 0 || area(piece) >= least);
  return large.length <= MOST_OBJECTS ? large : [mask];
}

/**
 * @param {EditorState} state
 * @returns {Rle | null} what confirmed objects keep, null where everything may be taken
 */
function takenBy({ document, session }) {
  if (session.overlap === "over") return null;
  const confirmed = [...document.objects.values()].filter(({ state }) => state === "confirmed");
  const { height, width } = document.image;
  return unionOf(
    confirmed.map(({ rle }) => rle),
    [height, width],
  );
}
