/**
 * Two masks that grew out of one, brought together: what either side changed is changed, where the
 * two changes do not touch. Where they touch, the first side's stands.
 */
import { eachSpan, fromToggles } from "./rle.js";
import { intersect, subtract, xor } from "./sets.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{x: number, top: number, bottom: number}} Span */

/**
 * @param {Rle} base what both began with
 * @param {Rle} mine
 * @param {Rle} theirs
 * @returns {{rle: Rle, disputed: Rle}} disputed: pixels that they changed, and that are not in rle
 *   since mine touch them
 */
export function mergeChanges(base, mine, theirs) {
  const [ours, others] = [xor(base, mine), xor(base, theirs)];
  const touching = piecesTouching(others, ours);
  const agreed = intersect(touching, ours);
  return { rle: xor(mine, subtract(others, touching)), disputed: subtract(touching, agreed) };
}

/**
 * @param {Rle} rle
 * @param {Rle} other
 * @returns {Rle} those 8-connected pieces of the mask that meet the other one or lie beside it
 */
export function piecesTouching(rle, other) {
  const spans = spansOf(rle);
  const pieceOf = labelled(spans);
  const columns = byColumn(spansOf(other));
  /** @type {Set<number>} */
  const met = new Set();
  spans.forEach((span, index) => {
    if (met.has(pieceOf[index] ?? 0)) return;
    const near = [-1, 0, 1].flatMap((step) => columns.get(span.x + step) ?? []);
    if (near.some((one) => areNear(one, span))) met.add(pieceOf[index] ?? 0);
  });
  const [height] = rle.size;
  /** @type {number[]} */
  const positions = [];
  spans.forEach(({ x, top, bottom }, index) => {
    if (!met.has(pieceOf[index] ?? 0)) return;
    if (positions.at(-1) === x * height + top) positions.pop();
    else positions.push(x * height + top);
    positions.push(x * height + bottom);
  });
  if (positions.at(-1) === height * rle.size[1]) positions.pop();
  return fromToggles(Uint32Array.from(positions), rle.size);
}

/**
 * @param {Rle} rle
 * @returns {Span[]} left to right and down
 */
function spansOf(rle) {
  /** @type {Span[]} */
  const spans = [];
  eachSpan(rle, (x, top, bottom) => spans.push({ x, top, bottom }));
  return spans;
}

/**
 * @param {readonly Span[]} spans
 * @returns {Map<number, Span[]>}
 */
function byColumn(spans) {
  /** @type {Map<number, Span[]>} */
  const columns = new Map();
  for (const span of spans) {
    const column = columns.get(span.x);
    if (column) column.push(span);
    else columns.set(span.x, [span]);
  }
  return columns;
}

/**
 * Union-find over the spans; two pointers walk down each pair of neighbouring columns.
 * @param {readonly Span[]} spans left to right and down
 * @returns {number[]} a span's piece, named by one of its spans
 */
function labelled(spans) {
  const parents = spans.map((_, index) => index);
  const rootOf = (/** @type {number} */ index) => {
    let root = index;
    while (parents[root] !== root) root = parents[root] = parents[parents[root] ?? 0] ?? 0;
    return root;
  };
  let before = 0;
  spans.forEach((span, index) => {
    while ((spans[before]?.x ?? 0) < span.x - 1) before += 1;
    for (let at = before; at < index && (spans[at]?.x ?? 0) < span.x; at += 1) {
      const one = spans[at];
      if (!one || one.bottom < span.top) {
        if (at === before) before += 1; // above this span, so above all that follow in its column
        continue;
      }
      if (one.top > span.bottom) break;
      parents[rootOf(at)] = rootOf(index);
    }
  });
  return spans.map((_, index) => rootOf(index));
}

/**
 * Also by a corner.
 * @param {Span} a
 * @param {Span} b in the same or a neighbouring column
 */
function areNear(a, b) {
  return a.top <= b.bottom && b.top <= a.bottom;
}
