/** A mask cut into pieces along a line. */
import { components } from "./components.js";
import { area, contains, eachSpan, fromPatch } from "./rle.js";
import { intersect, intersectionArea, subtract, union, unionOf } from "./sets.js";
import { fromSpans } from "./spans.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").Rle} Rle */

const SLIVER = 12; // pixels; what a line along an edge leaves over belongs to its neighbour
const SMALL = 5; // a part of so few parts of the whole is one as well

/**
 * @param {Rle} rle
 * @param {readonly Point[]} line image_px, at least two points
 * @returns {Rle[]} pieces that together are the mask, the largest first; one when the line does not
 *   cross it from edge to edge. What the line does not touch stays with the largest piece.
 */
export function cutAlong(rle, line) {
  const cut = intersect(lineMask(line, rle.size), rle);
  /** @type {Rle[]} */
  const pieces = [];
  /** @type {Rle | null} */
  let untouched = null;
  for (const whole of components(rle)) {
    const parts = intersectionArea(whole, cut) === 0 ? [] : partsOf(whole, cut);
    if (parts.length > 1) pieces.push(...parts);
    else untouched = untouched ? union(untouched, whole) : whole;
  }
  if (pieces.length === 0) return [rle];
  pieces.sort((a, b) => area(b) - area(a));
  const [first, ...others] = pieces;
  if (!first) return [rle];
  return [untouched ? union(first, untouched) : first, ...others];
}

/**
 * @param {Rle} whole
 * @param {Rle} cut
 * @returns {Rle[]} without the cut's pixels given to one of the sides it is the whole again
 */
function partsOf(whole, cut) {
  const parts = components(subtract(whole, cut)); // the line lets nothing through diagonally
  const least = Math.min(SLIVER, area(whole) / SMALL);
  const large = parts.filter((part) => area(part) >= least);
  if (large.length < 2) return [whole];
  return spread(large, whole);
}

/**
 * Let the parts grow into what is left of the whole, each pixel to the part that reaches it first.
 * Only what is left is looked at pixel by pixel: a line, however large the whole.
 * @param {readonly Rle[]} parts
 * @param {Rle} whole
 * @returns {Rle[]}
 */
function spread(parts, whole) {
  const [height] = whole.size;
  let loose = positionsOf(subtract(whole, unionOf(parts, whole.size)));
  /** @type {Map<number, number>} index of the part by position, of pixels that were loose */
  const owners = new Map();
  const ownerAt = (/** @type {number} */ x, /** @type {number} */ y) => {
    const given = owners.get(x * height + y);
    return given ?? parts.findIndex((part) => contains(part, x, y));
  };
  for (let before = -1; loose.length !== before; ) {
    before = loose.length;
    const found = loose.map((position) => ownerBeside(position, height, ownerAt));
    loose.forEach((position, index) => {
      const owner = found[index] ?? -1;
      if (owner !== -1) owners.set(position, owner);
    });
    loose = loose.filter((position) => !owners.has(position));
  }
  return parts.map((part, index) => {
    const won = [...owners].flatMap(([position, owner]) => (owner === index ? [position] : []));
    return union(part, maskOfPositions(won, whole.size));
  });
}

/**
 * @param {Rle} rle
 * @returns {number[]} x * height + y of each pixel
 */
function positionsOf(rle) {
  /** @type {number[]} */
  const positions = [];
  eachSpan(rle, (x, top, bottom) => {
    for (let y = top; y < bottom; y += 1) positions.push(x * rle.size[0] + y);
  });
  return positions;
}

/**
 * @param {number[]} positions in any order
 * @param {readonly [height: number, width: number]} sizeHw
 */
function maskOfPositions(positions, sizeHw) {
  const [height] = sizeHw;
  positions.sort((a, b) => a - b);
  const spans = positions.map((position) => {
    const [x, top] = [Math.floor(position / height), position % height];
    return { x, top, bottom: top + 1 };
  });
  return fromSpans(spans, sizeHw);
}

/**
 * @param {number} position
 * @param {number} height
 * @param {(x: number, y: number) => number} ownerAt -1 if nobody is
 * @returns {number} owner of one of the eight pixels around, the straight ones first
 */
function ownerBeside(position, height, ownerAt) {
  const [x, y] = [Math.floor(position / height), position % height];
  for (const [dx, dy] of AROUND) {
    if (y + dy < 0 || y + dy >= height) continue; // the position would be another column's
    const owner = ownerAt(x + dx, y + dy);
    if (owner !== -1) return owner;
  }
  return -1;
}

/** @type {readonly (readonly [number, number])[]} */
const AROUND = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, 1],
  [1, -1],
  [-1, -1],
];

/**
 * The pixels that a line passes, joined by their sides, so that nothing slips through diagonally.
 * @param {readonly Point[]} line
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle}
 */
export function lineMask(line, [height, width]) {
  const xs = line.map(({ x }) => Math.min(Math.max(Math.floor(x), 0), width - 1));
  const ys = line.map(({ y }) => Math.min(Math.max(Math.floor(y), 0), height - 1));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const columns = Math.max(...xs) - left + 1;
  const rows = Math.max(...ys) - top + 1;
  const bits = new Uint8Array(columns * rows);
  const set = (/** @type {number} */ x, /** @type {number} */ y) => {
    const [column, row] = [x - left, y - top];
    if (column >= 0 && row >= 0 && column < columns && row < rows) bits[row * columns + column] = 1;
  };
  for (let index = 0; index + 1 < line.length; index += 1) {
    const [from, to] = [line[index], line[index + 1]];
    if (from && to) walkCells(from, to, set);
  }
  return fromPatch({ x: left, y: top, width: columns, height: rows, bits }, [height, width]);
}

/**
 * Visit the cells of the grid that a line passes (Amanatides and Woo, 1987).
 * @param {Point} from
 * @param {Point} to
 * @param {(x: number, y: number) => void} visit
 */
function walkCells(from, to, visit) {
  let [x, y] = [Math.floor(from.x), Math.floor(from.y)];
  const [endX, endY] = [Math.floor(to.x), Math.floor(to.y)];
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const [stepX, stepY] = [Math.sign(dx), Math.sign(dy)];
  const acrossX = stepX === 0 ? Number.POSITIVE_INFINITY : Math.abs(1 / dx);
  const acrossY = stepY === 0 ? Number.POSITIVE_INFINITY : Math.abs(1 / dy);
  let nextX = stepX === 0 ? acrossX : (stepX > 0 ? x + 1 - from.x : from.x - x) * acrossX;
  let nextY = stepY === 0 ? acrossY : (stepY > 0 ? y + 1 - from.y : from.y - y) * acrossY;
  visit(x, y);
  const cells = Math.abs(endX - x) + Math.abs(endY - y);
  for (let cell = 0; cell < cells; cell += 1) {
    if (nextX < nextY) {
      x += stepX;
      nextX += acrossX;
    } else {
      y += stepY;
      nextY += acrossY;
    }
    visit(x, y);
  }
}
