/**
 * The pieces of a mask that hang together, found along its spans with a disjoint-set forest
 * (Wu, Otoo and Suzuki, 2009, on runs); time goes by the number of spans.
 */
import { area } from "./rle.js";
import { complement, subtract, union, unionOf } from "./sets.js";
import { fromSpans, spansOf } from "./spans.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./spans.js").Span} Span */

/**
 * @param {Rle} rle
 * @param {4 | 8} [neighbours] 8: pixels that touch at a corner hang together
 * @returns {Rle[]} the largest first
 */
export function components(rle, neighbours = 8) {
  const spans = spansOf(rle);
  const roots = joined(spans, neighbours === 8 ? 1 : 0);
  /** @type {Map<number, Span[]>} */
  const pieces = new Map();
  spans.forEach((span, index) => {
    const root = rootOf(roots, index);
    const piece = pieces.get(root);
    if (piece) piece.push(span);
    else pieces.set(root, [span]);
  });
  const masks = [...pieces.values()].map((piece) => fromSpans(piece, rle.size));
  return masks.sort((a, b) => area(b) - area(a));
}

/**
 * @param {readonly Span[]} spans
 * @param {0 | 1} slack rows that two spans may miss each other by
 * @returns {Int32Array} a forest: each span's parent
 */
function joined(spans, slack) {
  const parents = Int32Array.from(spans, (_span, index) => index);
  let behind = 0;
  spans.forEach((span, index) => {
    // What ends above this span, or lies further back than its left neighbours, is done with.
    for (let other = spans[behind]; other; other = spans[behind]) {
      const isPast = other.x < span.x - 1;
      if (!isPast && !(other.x === span.x - 1 && other.bottom + slack <= span.top)) break;
      behind += 1;
    }
    for (let at = behind; at < index; at += 1) {
      const other = spans[at];
      if (!other || other.x !== span.x - 1 || other.top >= span.bottom + slack) break;
      parents[rootOf(parents, at)] = rootOf(parents, index);
    }
  });
  return parents;
}

/**
 * @param {Int32Array} parents
 * @param {number} index
 */
function rootOf(parents, index) {
  let root = index;
  while (parents[root] !== root) root = parents[root] ?? root;
  for (let at = index; parents[at] !== root; ) {
    const next = parents[at] ?? root;
    parents[at] = root;
    at = next;
  }
  return root;
}

/**
 * @param {Rle} rle
 * @param {number} [most] pixels of a hole that is still filled
 * @returns {Rle} with the holes filled: what is outside, but not connected with the border
 */
export function fillHoles(rle, most = Number.POSITIVE_INFINITY) {
  const holes = components(complement(rle), 4).filter(
    (piece) => !touchesBorder(piece) && area(piece) <= most,
  );
  return union(rle, unionOf(holes, rle.size));
}

/**
 * @param {Rle} rle
 * @param {number} least pixels of a piece that is kept; the largest always is
 * @returns {Rle}
 */
export function dropIslands(rle, least) {
  const [, ...others] = components(rle);
  const small = others.filter((piece) => area(piece) < least);
  return subtract(rle, unionOf(small, rle.size));
}

/** @param {Rle} rle */
function touchesBorder(rle) {
  const [height, width] = rle.size;
  return spansOf(rle).some(
    ({ x, top, bottom }) => x === 0 || x === width - 1 || top === 0 || bottom === height,
  );
}
