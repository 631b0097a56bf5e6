/** The part of the image in which two versions of an object are compared. */

import { boxAround } from "../geometry/box.js";
import { area, bbox } from "../geometry/rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").BoxXywh} BoxXywh */

const MARGIN = 0.2; // of the longer side, to each side: an object is known by what it stands in
const MIN_MARGIN_PX = 16; // image_px

/**
 * Both versions whole, with a margin; the whole image where neither has a pixel.
 * @param {readonly (Rle | null)[]} versions
 * @param {readonly [height: number, width: number]} size of the image
 * @returns {BoxXywh}
 */
export function frameAround(versions, [height, width]) {
  const boxes = versions.flatMap((rle) => (rle && area(rle) > 0 ? [bbox(rle)] : []));
  if (boxes.length === 0) return [0, 0, width, height];
  const [x, y, across, down] = boxes.reduce(boxAround);
  const margin = Math.max(Math.round(Math.max(across, down) * MARGIN), MIN_MARGIN_PX);
  const [left, top] = [Math.max(x - margin, 0), Math.max(y - margin, 0)];
  const right = Math.min(x + across + margin, width);
  const bottom = Math.min(y + down + margin, height);
  return [left, top, right - left, bottom - top];
}
