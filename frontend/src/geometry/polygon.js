/**
 * Polygons to masks, pixel for pixel as pycocotools does it (cocoapi, maskApi.c: rleFrPoly): the
 * outline is walked on a grid five times as fine, its crossings with the middles of the columns
 * are sorted down the columns, and the mask changes its value at each. Differs in form only: the
 * crossings are kept as toggles.
 */
import { fromToggles } from "./rle.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").Rle} Rle */

const FINE = 5; // steps of the fine grid in a pixel

/**
 * @param {readonly Point[]} points image_px, at least 3, closed by itself; crossings are even-odd
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle}
 */
export function fillPolygon(points, sizeHw) {
  const [height, width] = sizeHw;
  const corners = points.map(({ x, y }) => ({
    x: Math.trunc(FINE * x + 0.5),
    y: Math.trunc(FINE * y + 0.5),
  }));
  /** @type {number[]} */
  const crossings = [];
  corners.forEach((corner, index) => {
    const next = corners[(index + 1) % corners.length] ?? corner;
    collectCrossings(corner, next, height, width, crossings);
  });
  crossings.sort((a, b) => a - b);
  return fromToggles(withoutPairs(crossings, height * width), sizeHw);
}

/**
 * Where one side of the outline passes the middle of a column, as positions down the columns.
 * @param {Point} from fine grid
 * @param {Point} to fine grid
 * @param {number} height
 * @param {number} width
 * @param {number[]} crossings collects
 */
function collectCrossings(from, to, height, width, crossings) {
  let former = null;
  for (const point of walk(from, to)) {
    if (former && former.x !== point.x) {
      const column = (Math.min(point.x, former.x) + 0.5) / FINE - 0.5;
      if (Number.isInteger(column) && column >= 0 && column <= width - 1) {
        const y = (Math.min(point.y, former.y) + 0.5) / FINE - 0.5;
        crossings.push(column * height + Math.ceil(Math.min(Math.max(y, 0), height)));
      }
    }
    former = point;
  }
}

/**
 * The points of the fine grid along a side. The longer axis goes up in whole steps whatever the
 * direction, so that a side shared by two polygons gives both the same points.
 * @param {Point} from
 * @param {Point} to
 * @returns {Generator<Point>}
 */
function* walk(from, to) {
  const dx = Math.abs(to.x - from.x);
  const dy = Math.abs(to.y - from.y);
  const steps = Math.max(dx, dy);
  const flat = dx >= dy;
  const flipped = flat ? from.x > to.x : from.y > to.y;
  const [a, b] = flipped ? [to, from] : [from, to];
  const slope = steps === 0 ? 0 : (flat ? b.y - a.y : b.x - a.x) / steps;
  for (let step = 0; step <= steps; step += 1) {
    const t = flipped ? steps - step : step;
    yield flat
      ? { x: a.x + t, y: Math.trunc(a.y + slope * t + 0.5) }
      : { x: Math.trunc(a.x + slope * t + 0.5), y: a.y + t };
  }
}

/**
 * Two crossings at one position cancel each other; what lies behind the last pixel changes none.
 * @param {readonly number[]} sorted
 * @param {number} total
 */
function withoutPairs(sorted, total) {
  /** @type {number[]} */
  const kept = [];
  for (const position of sorted) {
    if (position >= total) break;
    if (kept.at(-1) === position) kept.pop();
    else kept.push(position);
  }
  return Uint32Array.from(kept);
}
