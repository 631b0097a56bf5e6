/**
 * Masks grown, shrunk and smoothed by a disc. What lies beyond the image is not known and counts
 * neither way: an object that the border cuts keeps its edge there.
 */
import { bbox, fromPatch, toPatch } from "./rle.js";
import { complement } from "./sets.js";
import { fromSpans, spansOf } from "./spans.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("./spans.js").Span} Span */

/**
 * @param {Rle} rle
 * @param {number} radius image_px, whole
 * @returns {Rle} every pixel not farther than the radius from the mask
 */
export function grow(rle, radius) {
  const [height, width] = rle.size;
  const halves = halfHeights(radius);
  /** @type {Span[][]} */
  const columns = Array.from({ length: width }, () => []);
  for (const { x, top, bottom } of spansOf(rle)) {
    for (let dx = -radius; dx <= radius; dx += 1) {
      const half = halves[Math.abs(dx)] ?? 0;
      const span = {
        x: x + dx,
        top: Math.max(top - half, 0),
        bottom: Math.min(bottom + half, height),
      };
      columns[x + dx]?.push(span);
    }
  }
  return fromSpans(columns.flatMap(merged), rle.size);
}

/**
 * @param {Rle} rle
 * @param {number} radius image_px, whole
 * @returns {Rle} every pixel farther than the radius from what is not the mask
 */
export function shrink(rle, radius) {
  return complement(grow(complement(rle), radius));
}

/**
 * @param {Rle} rle
 * @param {number} radius image_px, whole
 * @returns {Rle} every pixel around which more than half of the disc is mask; on a tie as it was
 */
export function smooth(rle, radius) {
  const box = around(bbox(rle), radius, rle.size);
  const [x0, y0, width, height] = box;
  const { bits } = toPatch(rle, box);
  const sums = columnSums(bits, width, height);
  const halves = halfHeights(radius);
  const smoothed = new Uint8Array(bits.length);
  for (let x = 0; x < width; x += 1) {
    // Beyond the box but inside of the image there is no mask: those pixels count as outside.
    const left = Math.max(-radius, -x0 - x);
    const right = Math.min(radius, rle.size[1] - 1 - x0 - x);
    for (let y = 0; y < height; y += 1) {
      let [inside, all] = [0, 0];
      for (let dx = left; dx <= right; dx += 1) {
        const half = halves[Math.abs(dx)] ?? 0;
        all += Math.min(y0 + y + half + 1, rle.size[0]) - Math.max(y0 + y - half, 0);
        if (x + dx < 0 || x + dx >= width) continue;
        const column = (x + dx) * (height + 1);
        const low = sums[column + Math.max(y - half, 0)] ?? 0;
        inside += (sums[column + Math.min(y + half + 1, height)] ?? 0) - low;
      }
      const at = y * width + x;
      smoothed[at] = inside * 2 === all ? (bits[at] ?? 0) : Number(inside * 2 > all);
    }
  }
  return fromPatch({ x: x0, y: y0, width, height, bits: smoothed }, rle.size);
}

/**
 * @param {Uint8Array} bits row-major
 * @param {number} width
 * @param {number} height
 * @returns {Int32Array} for each column the number of set pixels above each row, height + 1 a column
 */
function columnSums(bits, width, height) {
  const sums = new Int32Array(width * (height + 1));
  for (let x = 0; x < width; x += 1) {
    const column = x * (height + 1);
    for (let y = 0; y < height; y += 1) {
      sums[column + y + 1] = (sums[column + y] ?? 0) + (bits[y * width + x] ?? 0);
    }
  }
  return sums;
}

/**
 * @param {number} radius
 * @returns {number[]} how far the disc reaches up and down at each distance from its middle column
 */
function halfHeights(radius) {
  const halves = [];
  for (let dx = 0; dx <= radius; dx += 1) {
    halves.push(Math.floor(Math.sqrt(radius * radius - dx * dx)));
  }
  return halves;
}

/**
 * @param {Span[]} column
 * @returns {Span[]} without overlaps
 */
function merged(column) {
  column.sort((a, b) => a.top - b.top);
  /** @type {Span[]} */
  const apart = [];
  for (const span of column) {
    const last = apart.at(-1);
    if (!last || span.top > last.bottom) apart.push(span);
    else if (span.bottom > last.bottom) apart[apart.length - 1] = { ...last, bottom: span.bottom };
  }
  return apart;
}

/**
 * @param {BoxXywh} box
 * @param {number} margin
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {BoxXywh} cut to the image
 */
function around([x, y, width, height], margin, [imageHeight, imageWidth]) {
  const left = Math.max(x - margin, 0);
  const top = Math.max(y - margin, 0);
  const right = Math.min(x + width + margin, imageWidth);
  const bottom = Math.min(y + height + margin, imageHeight);
  return [left, top, right - left, bottom - top];
}
