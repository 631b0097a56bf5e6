/**
 * Set operations on masks, run by run, without a bitmap: a walk along the toggles of both sides,
 * linear in the number of runs.
 */
import { area, eachSpan, fromToggles, InvalidMask, toggles } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */

/**
 * @param {Rle} a
 * @param {Rle} b
 * @returns {Rle} pixels in a or b
 */
export function union(a, b) {
  return combine(a, b, (inA, inB) => inA || inB);
}

/**
 * @param {Rle} a
 * @param {Rle} b
 * @returns {Rle} pixels in both
 */
export function intersect(a, b) {
  return combine(a, b, (inA, inB) => inA && inB);
}

/**
 * @param {Rle} a
 * @param {Rle} b
 * @returns {Rle} pixels in a that are not in b
 */
export function subtract(a, b) {
  return combine(a, b, (inA, inB) => inA && !inB);
}

/**
 * @param {Rle} a
 * @param {Rle} b
 * @returns {number} pixels in both
 */
export function intersectionArea(a, b) {
  return area(intersect(a, b));
}

/**
 * @param {Rle} a
 * @param {Rle} b
 * @returns {number} intersection over union, 0 when both are empty
 */
export function iou(a, b) {
  const both = intersectionArea(a, b);
  return both === 0 ? 0 : both / (area(a) + area(b) - both);
}

/**
 * @param {Rle} a
 * @param {Rle} b
 * @param {(inA: boolean, inB: boolean) => boolean} rule false for (false, false)
 * @returns {Rle}
 * @throws {InvalidMask} when the masks belong to images of different sizes
 */
function combine(a, b, rule) {
  const [height, width] = a.size;
  if (b.size[0] !== height || b.size[1] !== width) {
    throw new InvalidMask(`mask is ${b.size[0]}x${b.size[1]}, expected ${height}x${width}`);
  }
  const [first, second] = [toggles(a), toggles(b)];
  const positions = new Uint32Array(first.length + second.length);
  let [i, j, length, inside] = [0, 0, 0, false];
  while (i < first.length || j < second.length) {
    const atA = first[i] ?? Number.POSITIVE_INFINITY;
    const atB = second[j] ?? Number.POSITIVE_INFINITY;
    const position = Math.min(atA, atB);
    if (atA === position) i += 1;
    if (atB === position) j += 1;
    const now = rule(i % 2 === 1, j % 2 === 1);
    if (now !== inside) {
      positions[length] = position;
      length += 1;
      inside = now;
    }
  }
  return fromToggles(positions.slice(0, length), a.size);
}

/**
 * The mask moved by whole pixels; what leaves the image is cut off.
 * @param {Rle} rle
 * @param {number} dx
 * @param {number} dy
 * @returns {Rle}
 */
export function shift(rle, dx, dy) {
  const [height, width] = rle.size;
  /** @type {number[]} */
  const positions = [];
  eachSpan(rle, (column, top, bottom) => {
    const x = column + dx;
    const start = x * height + Math.max(top + dy, 0);
    const end = x * height + Math.min(bottom + dy, height);
    if (x < 0 || x >= width || start >= end) return;
    if (positions.at(-1) === start) positions.pop();
    else positions.push(start);
    positions.push(end);
  });
  if (positions.at(-1) === height * width) positions.pop();
  return fromToggles(Uint32Array.from(positions), rle.size);
}
