/**
 * Closed rings to masks by the middles of the pixels: one belongs to the mask when its middle lies
 * inside. What contour.js traced comes back pixel for pixel.
 */
import { fromToggles } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("./contour.js").Ring} Ring */

/**
 * @param {readonly Ring[]} rings image_px; what lies outside of the image is cut off
 * @param {readonly [height: number, width: number]} sizeHw
 * @param {"evenodd" | "nonzero"} [rule] nonzero keeps what a line that crosses itself runs round twice
 * @returns {Rle}
 */
export function fillRings(rings, sizeHw, rule = "evenodd") {
  /** @type {number[]} position times two, plus one where the ring runs to the right */
  const crossings = [];
  for (const ring of rings) collectCrossings(ring, sizeHw, crossings);
  crossings.sort((a, b) => a - b);
  const total = sizeHw[0] * sizeHw[1];
  /** @type {number[]} */
  const positions = [];
  let winding = 0;
  for (const crossing of crossings) {
    const before = isInside(winding, rule);
    winding += crossing % 2 ? 1 : -1;
    if (isInside(winding, rule) === before) continue;
    const position = Math.floor(crossing / 2);
    if (positions.at(-1) === position) positions.pop();
    else if (position < total) positions.push(position);
  }
  return fromToggles(Uint32Array.from(positions), sizeHw);
}

/**
 * @param {number} winding
 * @param {"evenodd" | "nonzero"} rule
 */
function isInside(winding, rule) {
  return rule === "evenodd" ? winding % 2 !== 0 : winding !== 0;
}

/**
 * Where the sides of a ring pass the middles of the columns.
 * @param {Ring} ring
 * @param {readonly [height: number, width: number]} sizeHw
 * @param {number[]} crossings collects
 */
function collectCrossings(ring, [height, width], crossings) {
  const length = ring.length;
  for (let index = 0; index < length; index += 2) {
    const [ax, ay] = [ring[index] ?? 0, ring[index + 1] ?? 0];
    const [bx, by] = [ring[(index + 2) % length] ?? 0, ring[(index + 3) % length] ?? 0];
    if (ax === bx) continue;
    // A column whose middle is exactly a corner is counted by the side to the right of it only.
    const first = Math.max(Math.ceil(Math.min(ax, bx) - 0.5), 0);
    const end = Math.min(Math.ceil(Math.max(ax, bx) - 0.5), width);
    const slope = (by - ay) / (bx - ax);
    for (let column = first; column < end; column += 1) {
      const y = ay + slope * (column + 0.5 - ax);
      const row = Math.min(Math.max(Math.ceil(y - 0.5), 0), height);
      crossings.push((column * height + row) * 2 + (bx > ax ? 1 : 0));
    }
  }
}

/**
 * @param {readonly Point[]} points
 * @returns {Ring}
 */
export function ringOf(points) {
  return points.flatMap(({ x, y }) => [x, y]);
}
