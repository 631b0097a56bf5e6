/** Whose pixels may be taken by what is drawn: the rule of the session's overlap mode. */
import { boxesOverlap } from "../geometry/box.js";
import { bbox } from "../geometry/rle.js";
import { subtract } from "../geometry/sets.js";

/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").Rle} Rle */

/**
 * What is left of a drawn mask once the others have kept theirs.
 * @param {import("../types.js").EditorState} state
 * @param {Rle} rle as drawn
 * @param {string | null} own id of the object that is drawn into, null for a new one
 * @returns {Rle} the same one when nobody keeps anything
 */
export function leaveToOthers({ document, session }, rle, own = null) {
  let rest = rle;
  for (const other of document.objects.values()) {
    if (other.id === own || !keeps(other, session)) continue;
    if (boxesOverlap(bbox(rest), bbox(other.rle))) rest = subtract(rest, other.rle);
  }
  return rest;
}

/** @type {ReadonlySet<string>} */
const NOBODY = new Set();

/**
 * Whose pixels stay theirs in a panoptic document, whatever becomes of the objects over them.
 * @param {import("../types.js").EditorState} state
 * @returns {ReadonlySet<string>} ids; of a document of layers none, since there nothing is taken
 */
export function keepersOf({ document, session }) {
  if (!document.panoptic) return NOBODY;
  const kept = [...document.objects.values()].filter((object) => keeps(object, session));
  return new Set(kept.map(({ id }) => id));
}

/**
 * @param {Readonly<MaskObject>} object
 * @param {Pick<import("../types.js").Session, "overlap" | "locked">} session
 */
function keeps(object, { overlap, locked }) {
  if (overlap === "over") return false;
  if (overlap === "protect") return object.state !== "rejected" && locked.has(object.id);
  return object.state === "confirmed";
}
