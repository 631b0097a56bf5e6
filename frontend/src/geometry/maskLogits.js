/**
 * A mask of the image as low-resolution logits, for a model that is to refine it: the share of each
 * low-resolution pixel that the mask covers, as log odds. As sam_frame.py's `logits_of`, which goes
 * through the model's square with OpenCV's INTER_AREA twice; here both steps are one sum of spans.
 */
import { eachSpan } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./lowRes.js").Frame} Frame */
/** @typedef {readonly [source: number, weight: number][]} Taps */
/**
 * Along one axis: which samples of the low resolution a pixel of the image counts towards.
 * @typedef {Object} Spread
 * @property {Map<number, number>[]} weights by pixel of the image
 * @property {Float64Array} totals by sample of the low resolution
 * @property {Int32Array} first pixel that counts towards a sample
 * @property {Int32Array} last
 */

const SURE = 1e-3; // a mask's pixels become logits of about +-7, what SAM itself says of clear ones
const EPSILON = 1e-3; // OpenCV's, below which a border pixel's part is left out

/**
 * @param {Rle} mask
 * @param {Frame} frame
 * @param {number} lowSide
 * @returns {Float32Array} lowSide x lowSide, row-major
 */
export function logitsOf(mask, frame, lowSide) {
  const share = sharesOf(mask, frame, lowSide);
  return new Float32Array(
    share.map((part) => {
      const sure = Math.min(Math.max(part, SURE), 1 - SURE);
      return Math.log(sure / (1 - sure));
    }),
  );
}

/**
 * @param {Rle} mask
 * @param {Frame} frame
 * @param {number} lowSide
 */
function sharesOf(mask, { sizeHw, scaledHw, side }, lowSide) {
  const shrinks = sizeHw[0] >= scaledHw[0] && sizeHw[1] >= scaledHw[1];
  const step = shrinks ? areaTaps : enlargingTaps;
  const down = spread(step(sizeHw[0], scaledHw[0]), areaTaps(side, lowSide), sizeHw[0]);
  const across = spread(step(sizeHw[1], scaledHw[1]), areaTaps(side, lowSide), sizeHw[1]);
  const shares = new Float64Array(lowSide * lowSide);
  eachSpan(mask, (x, top, bottom) => {
    const columns = across.weights[x];
    if (!columns) return;
    eachRow(down, top, bottom, (row, part) => {
      for (const [column, weight] of columns) {
        const at = row * lowSide + column;
        shares[at] = (shares[at] ?? 0) + part * weight;
      }
    });
  });
  return shares;
}

/**
 * @param {Spread} spread
 * @param {number} top
 * @param {number} bottom
 * @param {(row: number, part: number) => void} visit
 */
function eachRow({ weights, totals, first, last }, top, bottom, visit) {
  const from = Math.min(...(weights[top]?.keys() ?? [0]));
  const to = Math.max(...(weights[bottom - 1]?.keys() ?? [0]));
  for (let row = from; row <= to; row += 1) {
    const [start, end] = [first[row] ?? 0, last[row] ?? 0];
    if (top <= start && end < bottom) {
      visit(row, totals[row] ?? 0);
      continue;
    }
    let part = 0;
    for (let y = Math.max(start, top); y <= Math.min(end, bottom - 1); y += 1) {
      part += weights[y]?.get(row) ?? 0;
    }
    visit(row, part);
  }
}

/**
 * @param {readonly Taps[]} outer from the image to its part of the square
 * @param {readonly Taps[]} inner from the square to the low resolution
 * @param {number} pixels of the image
 * @returns {Spread}
 */
function spread(outer, inner, pixels) {
  /** @type {Map<number, number>[]} */
  const weights = Array.from({ length: pixels }, () => new Map());
  const totals = new Float64Array(inner.length);
  const first = new Int32Array(inner.length).fill(pixels);
  const last = new Int32Array(inner.length).fill(-1);
  inner.forEach((taps, low) => {
    for (const [middle, share] of taps) {
      for (const [pixel, weight] of outer[middle] ?? []) {
        const at = weights[pixel];
        if (!at) continue;
        at.set(low, (at.get(low) ?? 0) + share * weight);
        totals[low] = (totals[low] ?? 0) + share * weight;
        first[low] = Math.min(first[low] ?? 0, pixel);
        last[low] = Math.max(last[low] ?? 0, pixel);
      }
    }
  });
  return { weights, totals, first, last };
}

/**
 * The mean over what a smaller picture's pixel covers (imgproc/resize.cpp: computeResizeAreaTab).
 * @param {number} from
 * @param {number} to
 * @returns {Taps[]}
 */
function areaTaps(from, to) {
  const scale = from / to;
  return Array.from({ length: to }, (_, index) => {
    const start = index * scale;
    const end = start + scale;
    const width = Math.min(scale, from - start);
    const stop = Math.min(Math.floor(end), from - 1);
    const first = Math.min(Math.ceil(start), stop);
    /** @type {[number, number][]} */
    const taps = [];
    if (first - start > EPSILON) taps.push([first - 1, (first - start) / width]);
    for (let at = first; at < stop; at += 1) taps.push([at, 1 / width]);
    if (end - stop > EPSILON) taps.push([stop, Math.min(end - stop, 1, width) / width]);
    return taps;
  });
}

/**
 * What INTER_AREA does where a picture grows: neighbours mixed only across their border.
 * @param {number} from
 * @param {number} to
 * @returns {Taps[]}
 */
function enlargingTaps(from, to) {
  const scale = from / to;
  return Array.from({ length: to }, (_, index) => {
    const at = Math.min(Math.floor(index * scale), from - 1);
    const rest = index + 1 - (at + 1) / scale;
    const share = rest <= 0 || at >= from - 1 ? 0 : rest - Math.floor(rest);
    return share > 0
      ? [
          [at, 1 - share],
          [at + 1, share],
        ]
      : [[at, 1]];
  });
}
