/** A mask at the size of a thumbnail: how much of each of its pixels lies inside. */

import { bbox, eachSpan } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */

const AROUND = 1.25; // of the object's longer side
const LEAST_PX = 24; // of the image, or a tiny object would fill the thumbnail with one pixel

/**
 * The square of the image that shows an object: x, y and side in image_px.
 * @param {Rle} rle
 * @returns {readonly [x: number, y: number, side: number]}
 */
export function frameOf(rle) {
  const [x, y, width, height] = bbox(rle);
  const side = Math.max(Math.max(width, height) * AROUND, LEAST_PX);
  return [x + width / 2 - side / 2, y + height / 2 - side / 2, side];
}

/**
 * @param {Rle} rle
 * @param {number} side of the thumbnail in its pixels
 * @returns {Float32Array} side x side, row by row: the share of each pixel of `frameOf(rle)`, 0 to 1
 */
export function coverage(rle, side) {
  const shares = new Float32Array(side * side);
  const [left, top, extent] = frameOf(rle);
  const scale = side / extent;
  eachSpan(rle, (x, from, to) => {
    const across = [(x - left) * scale, (x + 1 - left) * scale];
    const down = [(from - top) * scale, (to - top) * scale];
    eachCell(across, side, (column, width) =>
      eachCell(down, side, (row, height) => {
        shares[row * side + column] = (shares[row * side + column] ?? 0) + width * height;
      }),
    );
  });
  return shares;
}

/**
 * @param {readonly number[]} range its ends
 * @param {number} count of cells of length 1
 * @param {(cell: number, length: number) => void} visit with what the range covers of each
 */
function eachCell([start = 0, end = 0], count, visit) {
  const last = Math.min(Math.ceil(end), count);
  for (let cell = Math.max(Math.floor(start), 0); cell < last; cell += 1)
    visit(cell, Math.min(end, cell + 1) - Math.max(start, cell));
}
