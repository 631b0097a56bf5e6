import { boxesOverlap } from "../../geometry/box.js";
import { area, bbox } from "../../geometry/rle.js";
import { intersectionArea, subtract } from "../../geometry/sets.js";
import { withObjects } from "../document.js";

/** @typedef {import("../../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../../types.js").MaskObject} MaskObject */

/**
 * In a panoptic document a pixel belongs to one object: take the pixels of `id` away from the other
 * confirmed ones. One that has none left is deleted. Suggestions are nobody's yet and stay whole.
 * @param {EditorDocument} document
 * @param {string} id
 * @returns {EditorDocument} the same one in a document of layers
 */
export function claimPixels(document, id) {
  const claimant = document.objects.get(id);
  if (!document.panoptic || !claimant) return document;
  const box = bbox(claimant.rle);
  /** @type {[string, Readonly<MaskObject> | null][]} */
  const entries = [];
  for (const other of document.objects.values()) {
    if (other.id === id || other.state !== "confirmed") continue;
    if (!boxesOverlap(box, bbox(other.rle))) continue;
    if (intersectionArea(other.rle, claimant.rle) === 0) continue;
    const rle = subtract(other.rle, claimant.rle);
    entries.push([other.id, area(rle) > 0 ? { ...other, rle } : null]);
  }
  return withObjects(document, entries);
}
