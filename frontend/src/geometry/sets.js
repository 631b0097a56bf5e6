/**
 * Set operations on masks, run by run, without a bitmap: a walk along the toggles of both sides,
 * linear in the number of runs.
 */
import { area, eachSpan, fromToggles, InvalidMask, toggles } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */

const STRIP_PIXELS = 4 * 1024 * 1024;

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
 * @param {Rle} rle
 * @returns {Rle} pixels of the image that are not in the mask
 */
export function complement(rle) {
  const positions = toggles(rle);
  if (positions[0] === 0) return fromToggles(positions.slice(1), rle.size);
  const inverted = new Uint32Array(positions.length + 1);
  inverted.set(positions, 1);
  return fromToggles(inverted, rle.size);
}

/**
 * The union of many masks, painted over each other in strips of columns: the time goes by their
 * runs and the image's pixels, the memory by the strip.
 * @param {readonly Rle[]} masks
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle} pixels in any of them
 * @throws {InvalidMask} when a mask belongs to an image of another size
 */
export function unionOf(masks, sizeHw) {
  const [height, width] = sizeHw;
  for (const { size } of masks) {
    if (size[0] === height && size[1] === width) continue;
    throw new InvalidMask(`mask is ${size[0]}x${size[1]}, expected ${height}x${width}`);
  }
  if (masks.length <= 2) return unionOfTwo(masks, sizeHw);
  const strip = Math.min(Math.max(Math.floor(STRIP_PIXELS / height), 1), width) * height;
  const painted = new Uint8Array(strip + 1);
  /** @type {number[]} */
  const positions = [];
  let value = 0;
  for (let start = 0; start < height * width; start += strip) {
    const length = Math.min(strip, height * width - start);
    painted.fill(0);
    for (const mask of masks) paintRuns(painted, toggles(mask), start, length);
    for (let at = 0; at < length; at += 1) {
      if (painted[at] === value) continue;
      value = painted[at] ?? 0;
      positions.push(start + at);
    }
  }
  return fromToggles(Uint32Array.from(positions), sizeHw);
}

/**
 * @param {readonly Rle[]} masks at most two
 * @param {readonly [height: number, width: number]} sizeHw
 */
function unionOfTwo([a, b], sizeHw) {
  if (!a) return fromToggles(new Uint32Array(0), sizeHw);
  return b ? union(a, b) : a;
}

/**
 * @param {Uint8Array} painted is written to
 * @param {Uint32Array} edges toggles of a mask
 * @param {number} start position of the strip
 * @param {number} length
 */
function paintRuns(painted, edges, start, length) {
  for (let index = 0; index < edges.length; index += 2) {
    const from = Math.max((edges[index] ?? 0) - start, 0);
    if (from >= length) return;
    const end = Math.min((edges[index + 1] ?? start + length) - start, length);
    if (end > from) painted.fill(1, from, end);
  }
}

/**
 * @param {Rle} a
 * @param {Rle} b
 * @returns {Rle} pixels in one of them, not in both
 */
export function xor(a, b) {
  return combine(a, b, (inA, inB) => inA !== inB);
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

/**
 * The mask on an image of another size, its left top corner where it was; what lies outside is cut.
 * @param {Rle} rle
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle} the same one when the sizes are equal
 */
export function placedOn(rle, [height, width]) {
  if (rle.size[0] === height && rle.size[1] === width) return rle;
  /** @type {number[]} */
  const positions = [];
  eachSpan(rle, (x, top, bottom) => {
    if (x >= width || top >= height) return;
    const start = x * height + top;
    if (positions.at(-1) === start) positions.pop();
    else positions.push(start);
    positions.push(x * height + Math.min(bottom, height));
  });
  if (positions.at(-1) === height * width) positions.pop();
  return fromToggles(Uint32Array.from(positions), [height, width]);
}
