/** The connected part of a mask around one pixel, run by run (4-connected), without a bitmap. */
import { eachSpan, fromToggles } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{top: number, bottom: number, isReached: boolean}} Span */

/**
 * @param {Rle} rle
 * @param {number} x
 * @param {number} y
 * @returns {Rle} empty if the pixel lies outside
 */
export function regionAt(rle, x, y) {
  const columns = spansOf(rle);
  const first = columns[x]?.find(({ top, bottom }) => top <= y && y < bottom);
  if (first) flood(columns, x, first);
  return rleOf(columns, rle.size);
}

/** @param {Rle} rle @returns {Span[][]} by column, downwards */
function spansOf(rle) {
  /** @type {Span[][]} */
  const columns = Array.from({ length: rle.size[1] }, () => []);
  eachSpan(rle, (x, top, bottom) => columns[x]?.push({ top, bottom, isReached: false }));
  return columns;
}

/**
 * @param {readonly Span[][]} columns
 * @param {number} x
 * @param {Span} first
 */
function flood(columns, x, first) {
  first.isReached = true;
  /** @type {[number, Span][]} */
  const open = [[x, first]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [column, span] = next;
    for (const beside of [column - 1, column + 1]) {
      for (const other of columns[beside] ?? []) {
        if (other.top >= span.bottom) break;
        if (other.isReached || other.bottom <= span.top) continue;
        other.isReached = true;
        open.push([beside, other]);
      }
    }
  }
}

/**
 * @param {readonly Span[][]} columns
 * @param {readonly [height: number, width: number]} size
 */
function rleOf(columns, size) {
  const [height, width] = size;
  /** @type {number[]} */
  const positions = [];
  columns.forEach((spans, x) => {
    for (const { top, bottom, isReached } of spans) {
      if (!isReached) continue;
      if (positions.at(-1) === x * height + top) positions.pop();
      else positions.push(x * height + top);
      positions.push(x * height + bottom);
    }
  });
  if (positions.at(-1) === height * width) positions.pop();
  return fromToggles(Uint32Array.from(positions), size);
}
