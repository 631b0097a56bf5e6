/** Outlines with fewer corners, for pictures drawn smaller than life. */

/** @typedef {import("./contour.js").Ring} Ring */

const CHAMFER = 0.5; // image_px: of stairs, the middles of their steps are left
const STAIRS = 1; // a tolerance that passes over the corners of stairs by itself

/**
 * A ring with as few corners as keep it within a tolerance, for pictures drawn smaller than life:
 * stairs of pixels become slanted lines. From each corner that is kept the way goes on while one
 * line passes all points on it (Williams, 1978, "An efficient algorithm for the piecewise linear
 * approximation of planar curves").
 * @param {Ring} ring
 * @param {number} tolerance image_px
 * @returns {Ring}
 */
export function thinned(ring, tolerance) {
  const points = tolerance < STAIRS ? chamfered(ring) : ring;
  /** @type {number[]} */
  const kept = [points[0] ?? 0, points[1] ?? 0];
  const cone = new Cone(points[0] ?? 0, points[1] ?? 0, tolerance);
  for (let at = 2; at < points.length; at += 2) {
    const [x, y] = [points[at] ?? 0, points[at + 1] ?? 0];
    if (cone.takes(x, y)) continue;
    const [lastX, lastY] = [points[at - 2] ?? 0, points[at - 1] ?? 0];
    kept.push(lastX, lastY);
    cone.begin(lastX, lastY);
    cone.takes(x, y);
  }
  kept.push(points.at(-2) ?? 0, points.at(-1) ?? 0);
  return kept;
}

/** Where the end of a line from one point may lie so that it passes all points since. */
class Cone {
  #tolerance;
  #x = 0;
  #y = 0;
  #reached = 0;
  #isOpen = true;
  // Directions of its two sides.
  #fromX = 0;
  #fromY = 0;
  #toX = 0;
  #toY = 0;

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} tolerance
   */
  constructor(x, y, tolerance) {
    this.#tolerance = tolerance;
    this.begin(x, y);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  begin(x, y) {
    this.#x = x;
    this.#y = y;
    this.#reached = 0;
    this.#isOpen = true;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {boolean} whether a line to this point will do; then it counts from now on
   */
  takes(x, y) {
    const [dx, dy] = [x - this.#x, y - this.#y];
    const away = Math.sqrt(dx * dx + dy * dy); // Math.hypot takes several times as long
    if (away < this.#reached - this.#tolerance) return false; // it turns back
    if (away <= this.#tolerance) return true;
    this.#reached = Math.max(this.#reached, away);
    const sine = this.#tolerance / away;
    const cosine = Math.sqrt(1 - sine * sine);
    const [fromX, fromY] = [dx * cosine + dy * sine, dy * cosine - dx * sine];
    const [toX, toY] = [dx * cosine - dy * sine, dy * cosine + dx * sine];
    if (this.#isOpen) {
      this.#isOpen = false;
      [this.#fromX, this.#fromY, this.#toX, this.#toY] = [fromX, fromY, toX, toY];
      return true;
    }
    const isInside =
      this.#fromX * dy - this.#fromY * dx >= 0 && dx * this.#toY - dy * this.#toX >= 0;
    if (!isInside) return false;
    if (this.#fromX * fromY - this.#fromY * fromX > 0) [this.#fromX, this.#fromY] = [fromX, fromY];
    if (toX * this.#toY - toY * this.#toX > 0) [this.#toX, this.#toY] = [toX, toY];
    return true;
  }
}

/**
 * @param {Ring} ring
 * @returns {readonly number[]} two points for each corner, of short sides their middle
 */
function chamfered(ring) {
  /** @type {number[]} */
  const points = [];
  const size = ring.length;
  for (let at = 0; at < size; at += 2) {
    const [x, y] = [ring[at] ?? 0, ring[at + 1] ?? 0];
    const beforeX = (ring[(at + size - 2) % size] ?? 0) - x;
    const beforeY = (ring[(at + size - 1) % size] ?? 0) - y;
    const afterX = (ring[(at + 2) % size] ?? 0) - x;
    const afterY = (ring[(at + 3) % size] ?? 0) - y;
    points.push(x + cut(beforeX), y + cut(beforeY), x + cut(afterX), y + cut(afterY));
  }
  return points;
}

/** @param {number} side signed */
function cut(side) {
  return Math.sign(side) * Math.min(Math.abs(side) / 2, CHAMFER);
}
