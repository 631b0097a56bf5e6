/**
 * A mask as the vertical spans of its columns, and back: what works on spans takes time by their
 * number, not by the image's pixels.
 */
import { eachSpan, fromToggles } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{readonly x: number, readonly top: number, readonly bottom: number}} Span bottom: the first row below */

/**
 * @param {Rle} rle
 * @returns {Span[]} by column, then down
 */
export function spansOf(rle) {
  /** @type {Span[]} */
  const spans = [];
  eachSpan(rle, (x, top, bottom) => spans.push({ x, top, bottom }));
  return spans;
}

/**
 * @param {readonly Span[]} spans by column, then down; those of one column do not overlap
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle}
 */
export function fromSpans(spans, [height, width]) {
  const positions = new Uint32Array(2 * spans.length);
  let length = 0;
  for (const { x, top, bottom } of spans) {
    const start = x * height + top;
    if (length > 0 && positions[length - 1] === start) length -= 1;
    else {
      positions[length] = start;
      length += 1;
    }
    positions[length] = x * height + bottom;
    length += 1;
  }
  if (length > 0 && positions[length - 1] === height * width) length -= 1;
  return fromToggles(positions.slice(0, length), [height, width]);
}
