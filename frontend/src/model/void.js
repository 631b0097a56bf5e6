/** What of the image lies under confirmed objects, and what is left: the void. */
import { area } from "../geometry/rle.js";
import { complement, unionOf } from "../geometry/sets.js";

/** @typedef {import("../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../types.js").Rle} Rle */

/** @type {WeakMap<EditorDocument["objects"], Rle>} */
const voids = new WeakMap();

/**
 * @param {EditorDocument} document
 * @returns {Rle} every pixel under no confirmed object; found once for each state of the objects
 */
export function voidOf({ image, objects }) {
  let known = voids.get(objects);
  if (!known) {
    const confirmed = [...objects.values()].filter(({ state }) => state === "confirmed");
    const masks = confirmed.map(({ rle }) => rle);
    known = complement(unionOf(masks, [image.height, image.width]));
    voids.set(objects, known);
  }
  return known;
}

/**
 * @param {EditorDocument} document
 * @returns {number} share of the image under confirmed objects, 0..1
 */
export function coverage(document) {
  const { width, height } = document.image;
  const pixels = width * height;
  return (pixels - area(voidOf(document))) / pixels;
}
