import { boxesOverlap } from "../../geometry/box.js";
import { area, bbox } from "../../geometry/rle.js";
import { intersectionArea, subtract } from "../../geometry/sets.js";
import { compareObjects, reviseObjects, withObjects } from "../document.js";

/** @typedef {import("../../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../../types.js").MaskObject} MaskObject */

/**
 * In a panoptic document a pixel belongs to one object: take the pixels of `id` away from the other
 * confirmed ones. One that has none left is deleted. Suggestions are nobody's yet and stay whole.
 * @param {EditorDocument} document
 * @param {string} id
 * @param {ReadonlySet<string>} [keepers] ids of those that give no pixel up
 * @returns {EditorDocument | null} the same one in a document of layers; null where the others keep
 *   all of it
 */
export function claimPixels(document, id, keepers = new Set()) {
  const claimant = document.objects.get(id);
  if (!document.panoptic || !claimant) return document;
  const sharing = sharersOf(document, claimant);
  const rle = sharing
    .filter((other) => keepers.has(other.id))
    .reduce((rest, other) => subtract(rest, other.rle), claimant.rle);
  if (area(rle) === 0 && area(claimant.rle) > 0) return null;
  const losers = sharing.filter((other) => !keepers.has(other.id));
  /** @type {[string, Readonly<MaskObject> | null][]} */
  const entries = losers.map((other) => {
    const rest = subtract(other.rle, rle);
    return [other.id, area(rest) > 0 ? { ...other, rle: rest } : null];
  });
  const own = rle === claimant.rle ? claimant : { ...claimant, rle };
  return withObjects(document, [...entries, [id, own]]);
}

/**
 * Objects that are confirmed at once: of those that overlap the one seen on top has the pixels. One
 * of which the others keep all stays as it was.
 * @param {EditorDocument} document
 * @param {readonly string[]} ids
 * @param {(object: Readonly<MaskObject>) => Partial<MaskObject>} revise
 * @param {ReadonlySet<string>} [keepers] ids of those that give no pixel up
 * @returns {EditorDocument}
 */
export function confirmAll(document, ids, revise, keepers = new Set()) {
  if (!document.panoptic) return reviseObjects(document, ids, revise);
  const above = new Set(keepers);
  const fromTop = ids
    .flatMap((id) => document.objects.get(id) ?? [])
    .sort((a, b) => compareObjects(b, a));
  return fromTop.reduce((changed, { id }) => {
    const claimed = claimPixels(reviseObjects(changed, [id], revise), id, above);
    if (claimed) above.add(id);
    return claimed ?? changed;
  }, document);
}

/**
 * @param {EditorDocument} document
 * @param {Readonly<MaskObject>} claimant
 */
function sharersOf(document, claimant) {
  const box = bbox(claimant.rle);
  return [...document.objects.values()].filter(
    ({ id, state, rle }) =>
      id !== claimant.id &&
      state === "confirmed" &&
      boxesOverlap(box, bbox(rle)) &&
      intersectionArea(rle, claimant.rle) > 0,
  );
}
