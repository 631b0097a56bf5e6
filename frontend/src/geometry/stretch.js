/** A mask pulled into another box, pixel by nearest pixel. */

import { bbox } from "./rle.js";
import { fromSpans, spansOf } from "./spans.js";

/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./spans.js").Span} Span */

/**
 * @param {Rle} rle
 * @param {BoxXyxy} box whole pixels inside of the image, at least one of them
 * @returns {Rle} the mask with its own box laid onto that one
 */
export function stretched(rle, [x0, y0, x1, y1]) {
  const [x, y, width, height] = bbox(rle);
  if (width === 0) return rle;
  /** @type {Span[][]} */
  const columns = Array.from({ length: width }, () => []);
  for (const span of spansOf(rle)) columns[span.x - x]?.push(span);
  const across = width / (x1 - x0);
  const down = (y1 - y0) / height;
  /** @type {Span[]} */
  const spans = [];
  for (let column = x0; column < x1; column += 1) {
    for (const { top, bottom } of columns[Math.floor((column + 0.5 - x0) * across)] ?? []) {
      const first = y0 + Math.round((top - y) * down);
      const last = y0 + Math.round((bottom - y) * down);
      if (first < last) spans.push({ x: column, top: first, bottom: last });
    }
  }
  return fromSpans(spans, rle.size);
}
