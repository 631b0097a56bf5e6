/**
 * Outlines of masks along the edges of their pixels: closed rings whose corners are whole numbers
 * in image_px. The inside lies to the right of the way (clockwise on the screen), holes run the
 * other way round. Where pixels touch at a corner only, the rings keep apart (4-connected).
 *
 * They are found from the runs, not from pixels, so that a mask costs what its border is long.
 * Each vertical span has an edge above it, walked to the right, and one below, walked to the left.
 * On the line between two columns the way goes from where an edge arrives up or down to where one
 * departs: along the pixels that are set on one side of the line alone.
 */
import { eachSpan } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {readonly number[]} Ring x0, y0, x1, y1, ...; closed by itself */
/**
 * The upper and lower edge of span `n` are 2n and 2n + 1.
 * @typedef {Object} Edges
 * @property {readonly number[]} columns of each span, rising
 * @property {readonly number[]} rows of each edge, rising in a column
 */
/** @typedef {readonly [from: number, to: number]} Range of spans */

/** @type {Range} */
const NONE = [0, 0];

/**
 * @param {Rle} rle
 * @returns {Ring[]} corners only: no three in a row lie on a line
 */
export function outline(rle) {
  /** @type {{columns: number[], rows: number[]}} */
  const edges = { columns: [], rows: [] };
  eachSpan(rle, (x, top, bottom) => {
    edges.columns.push(x);
    edges.rows.push(top, bottom);
  });
  const next = followers(edges);
  const seen = new Uint8Array(next.length);
  /** @type {Ring[]} */
  const rings = [];
  for (let upper = 0; upper < next.length; upper += 2) {
    if (!seen[upper]) rings.push(walk(edges, next, seen, upper));
  }
  return rings;
}

/**
 * @param {Edges} edges
 * @returns {Int32Array} the edge that each one leads to
 */
function followers(edges) {
  const { columns, rows } = edges;
  const next = new Int32Array(rows.length);
  let left = NONE;
  for (let from = 0; from < columns.length; from = left[1]) {
    let to = from;
    while (columns[to] === columns[from]) to += 1;
    /** @type {Range} */
    const right = [from, to];
    if (columns[left[0]] === (columns[from] ?? 0) - 1 && left !== NONE)
      join(rows, left, right, next);
    else {
      join(rows, left, NONE, next);
      join(rows, NONE, right, next);
    }
    left = right;
  }
  join(rows, left, NONE, next);
  return next;
}

/**
 * Join the edges that meet on the line between two columns, going down it. Edges come in pairs, the
 * line being a part of the border between them. Where a span ends as one beside it begins, the end
 * comes first, so that the two, which touch at a corner only, keep apart.
 * @param {readonly number[]} rows
 * @param {Range} left spans of the column before the line
 * @param {Range} right spans of the one after it
 * @param {Int32Array} next
 */
function join(rows, left, right, next) {
  let [before, after] = [2 * left[0], 2 * right[0]];
  const [beforeEnd, afterEnd] = [2 * left[1], 2 * right[1]];
  let [held, arrives] = [-1, false];
  while (before < beforeEnd || after < afterEnd) {
    const gap = (rows[before] ?? 0) - (rows[after] ?? 0);
    const isLeft =
      after >= afterEnd ||
      (before < beforeEnd && (gap < 0 || (gap === 0 && (before % 2 === 1 || after % 2 === 0))));
    const edge = isLeft ? before : after;
    if (isLeft) before += 1;
    else after += 1;
    if (held === -1) {
      held = edge;
      arrives = isLeft === (edge % 2 === 0);
      continue;
    }
    if (arrives) next[held] = edge;
    else next[edge] = held;
    held = -1;
  }
}

/**
 * @param {Edges} edges
 * @param {Int32Array} next
 * @param {Uint8Array} seen edges of the ring are marked
 * @param {number} start
 * @returns {Ring}
 */
function walk({ columns, rows }, next, seen, start) {
  /** @type {number[]} */
  const ring = [];
  let edge = start;
  do {
    seen[edge] = 1;
    const following = next[edge] ?? start;
    const [from, to] = [rows[edge] ?? 0, rows[following] ?? 0];
    const x = (columns[edge >> 1] ?? 0) + (edge % 2 === 0 ? 1 : 0);
    if (from !== to) ring.push(x, from, x, to);
    edge = following;
  } while (edge !== start);
  return ring;
}
