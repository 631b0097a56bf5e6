/** From the shares of the classes at each cell to which one wins, how clearly, and its mask. */
import { blur } from "./blur.js";
import { fromBitmap } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./frame.js").Frame} Frame */

/**
 * @param {readonly Float32Array[]} planes of shares, a class each
 * @param {Frame} frame
 * @param {number} sigma cells
 * @returns {Float32Array[]} with single cells talked over by those around
 */
export function settled(planes, frame, sigma) {
  return planes.map((plane) => blur(plane, frame, sigma));
}

/**
 * @param {readonly Float32Array[]} planes at least one
 * @returns {{best: Uint8Array, doubt: Uint8Array}} class of each cell; 0 (certain) ... 255 (two are alike)
 */
export function verdict(planes) {
  const length = planes[0]?.length ?? 0;
  const best = new Uint8Array(length);
  const doubt = new Uint8Array(length);
  for (let cell = 0; cell < length; cell += 1) {
    let [first, second] = [-1, 0];
    for (let own = 0; own < planes.length; own += 1) {
      const share = planes[own]?.[cell] ?? 0;
      if (share > first) {
        second = Math.max(first, 0);
        first = share;
        best[cell] = own;
      } else if (share > second) second = share;
    }
    doubt[cell] = Math.round(255 * (1 - (first - second)));
  }
  return { best, doubt };
}

/**
 * @param {readonly Float32Array[]} planes of a frame of the whole image
 * @param {Frame} frame
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle[]} where each class wins; of a coarse frame the shares are taken between the cells,
 *   so that the edges are as fine as the image
 */
export function masksOf(planes, frame, sizeHw) {
  const best = frame.step === 1 ? verdict(planes).best : bestBetween(planes, frame, sizeHw);
  return planes.map((_plane, own) => {
    const bits = best.map((each) => Number(each === own)); // Uint8Array.from is eight times as slow
    return fromBitmap(bits, sizeHw);
  });
}

/**
 * @param {readonly Float32Array[]} planes
 * @param {Frame} frame
 * @param {readonly [height: number, width: number]} sizeHw
 */
function bestBetween(planes, { width, height, step }, [rows, columns]) {
  const best = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const y = Math.min(Math.max((row + 0.5) / step - 0.5, 0), height - 1);
    const upper = Math.floor(y) * width;
    const lower = Math.min(Math.floor(y) + 1, height - 1) * width;
    const v = y - Math.floor(y);
    for (let column = 0; column < columns; column += 1) {
      const x = Math.min(Math.max((column + 0.5) / step - 0.5, 0), width - 1);
      const left = Math.floor(x);
      const right = Math.min(left + 1, width - 1);
      const u = x - left;
      let most = -1;
      for (let own = 0; own < planes.length; own += 1) {
        const plane = planes[own];
        if (!plane) continue;
        const above = (plane[upper + left] ?? 0) * (1 - u) + (plane[upper + right] ?? 0) * u;
        const below = (plane[lower + left] ?? 0) * (1 - u) + (plane[lower + right] ?? 0) * u;
        const share = above * (1 - v) + below * v;
        if (share <= most) continue;
        most = share;
        best[row * columns + column] = own;
      }
    }
  }
  return best;
}
