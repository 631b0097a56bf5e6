/**
 * Outlines that can be taken hold of: a ring is its knots, each with the exact way from it to the
 * next. Moving a knot makes the ways on both its sides straight and leaves all others as they are,
 * so that an edit changes nothing of a mask beyond the neighbouring knots. Values; never changed.
 */
import { ringOf } from "./rings.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("./contour.js").Ring} Ring */
/** @typedef {{readonly at: Point, readonly way: readonly Point[]}} Knot way: between it and the next */
/** @typedef {readonly Knot[]} KnottedRing */

const FEWEST = 3;

/**
 * @param {Ring} ring
 * @param {number} tolerance image_px that the straight lines between knots may be off
 * @returns {KnottedRing} knots found by halving (Douglas and Peucker, 1973), at least three
 */
export function knotted(ring, tolerance) {
  /** @type {Point[]} */
  const points = [];
  for (let index = 0; index < ring.length; index += 2) {
    points.push({ x: ring[index] ?? 0, y: ring[index + 1] ?? 0 });
  }
  const kept = keptIndices(points, tolerance);
  return kept.map((from, index) => {
    const to = kept[(index + 1) % kept.length] ?? 0;
    const way =
      to > from ? points.slice(from + 1, to) : [...points.slice(from + 1), ...points.slice(0, to)];
    return { at: points[from] ?? { x: 0, y: 0 }, way };
  });
}

/**
 * @param {readonly Point[]} points
 * @param {number} tolerance
 * @returns {number[]} rising
 */
function keptIndices(points, tolerance) {
  const far = farthestFromStart(points);
  const kept = new Set([0, far]);
  const spans = [
    [0, far],
    [far, points.length],
  ];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from = 0, to = 0] = span;
    const { index, away } = farthestFromSide(points, from, to);
    // A ring needs three corners, however round it is.
    const isNeeded = away > tolerance || (kept.size < FEWEST && spans.length === 0);
    if (index === -1 || !isNeeded) continue;
    kept.add(index);
    spans.push([from, index], [index, to]);
  }
  return [...kept].sort((a, b) => a - b);
}

/** @param {readonly Point[]} points */
function farthestFromStart(points) {
  const start = points[0] ?? { x: 0, y: 0 };
  let [index, away] = [0, -1];
  for (let at = 0; at < points.length; at += 1) {
    const measured = distance(points[at] ?? start, start);
    if (measured > away) [index, away] = [at, measured];
  }
  return index;
}

/**
 * The inner point farthest from the side between two points; without objects, since a long outline
 * asks this for every one of its points again and again.
 * @param {readonly Point[]} points
 * @param {number} from
 * @param {number} to points.length is the first one again
 * @returns {{index: number, away: number}} -1 where there is no inner point
 */
function farthestFromSide(points, from, to) {
  const a = points[from] ?? { x: 0, y: 0 };
  const b = points[to % points.length] ?? a;
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  let [index, most] = [-1, -1];
  for (let at = from + 1; at < to; at += 1) {
    const point = points[at] ?? a;
    const [px, py] = [point.x - a.x, point.y - a.y];
    const along = square === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / square, 0), 1);
    const [ox, oy] = [px - along * dx, py - along * dy];
    const measured = ox * ox + oy * oy;
    if (measured > most) [index, most] = [at, measured];
  }
  return { index, away: Math.sqrt(Math.max(most, 0)) };
}

/**
 * @param {KnottedRing} knots
 * @returns {Ring}
 */
export function unknotted(knots) {
  return ringOf(knots.flatMap(({ at, way }) => [at, ...way]));
}

/**
 * @param {KnottedRing} knots
 * @param {number} index
 * @param {Point} to
 * @returns {KnottedRing}
 */
export function moveKnot(knots, index, to) {
  const before = (index - 1 + knots.length) % knots.length;
  return knots.map((knot, at) => {
    if (at === index) return { at: to, way: [] };
    return at === before ? { at: knot.at, way: [] } : knot;
  });
}

/**
 * @param {KnottedRing} knots
 * @param {number} index
 * @returns {KnottedRing | null} null when fewer than three would be left
 */
export function removeKnot(knots, index) {
  if (knots.length <= FEWEST) return null;
  const before = (index - 1 + knots.length) % knots.length;
  return knots
    .map((knot, at) => (at === before ? { at: knot.at, way: [] } : knot))
    .filter((_knot, at) => at !== index);
}

/**
 * A knot more, on the way itself, so that the ring stays as it is.
 * @param {KnottedRing} knots
 * @param {Place} place
 * @returns {KnottedRing} the new knot follows knot `place.knot`
 */
export function insertKnot(knots, { knot, side, at }) {
  return knots.flatMap((each, index) => {
    if (index !== knot) return [each];
    return [
      { at: each.at, way: each.way.slice(0, side) },
      { at, way: each.way.slice(side) },
    ];
  });
}

/**
 * Where on a ring: after which knot, on which side of the way behind it.
 * @typedef {{readonly knot: number, readonly side: number, readonly at: Point, readonly distance: number}} Place
 */

/**
 * @param {KnottedRing} knots
 * @param {Point} point
 * @returns {Place | null} the nearest place on the ring
 */
export function nearestPlace(knots, point) {
  /** @type {Place | null} */
  let best = null;
  knots.forEach(({ at: start, way }, knot) => {
    const corners = [start, ...way, knots[(knot + 1) % knots.length]?.at ?? start];
    for (let side = 0; side + 1 < corners.length; side += 1) {
      const [a, b] = [corners[side], corners[side + 1]];
      if (!a || !b) continue;
      const found = distanceToSide(point, a, b);
      if (!best || found.distance < best.distance) best = { knot, side, ...found };
    }
  });
  return best;
}

/**
 * @param {Point} point
 * @param {Point} a
 * @param {Point} b
 * @returns {{at: Point, distance: number}} nearest place on the side from a to b
 */
function distanceToSide(point, a, b) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const square = dx * dx + dy * dy;
  const wanted = square === 0 ? 0 : ((point.x - a.x) * dx + (point.y - a.y) * dy) / square;
  const along = Math.min(Math.max(wanted, 0), 1);
  const at = { x: a.x + along * dx, y: a.y + along * dy };
  return { at, distance: distance(point, at) };
}

/**
 * @param {Point} a
 * @param {Point} b
 */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
