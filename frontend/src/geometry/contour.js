/**
 * Outlines of masks along the edges of their pixels: closed rings whose corners are whole numbers
 * in image_px. The inside lies to the right of the way (clockwise on the screen), holes run the
 * other way round. Where pixels touch at a corner only, the rings keep apart (4-connected).
 */
import { toPatch } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {readonly number[]} Ring x0, y0, x1, y1, ...; closed by itself */

// Directions: 0 right, 1 down, 2 left, 3 up.
const STEP_X = [1, 0, -1, 0];
const STEP_Y = [0, 1, 0, -1];
const HORIZONTAL = 1; // this lattice point starts an edge to the right that is still to be walked
const MAX_DIRECTIONS = 4;

/**
 * @param {Rle} rle
 * @returns {Ring[]} corners only: no three in a row lie on a line
 */
export function outline(rle) {
  return outlinePatch(toPatch(rle));
}

/**
 * @param {Patch} patch
 * @returns {Ring[]} in image_px
 */
export function outlinePatch(patch) {
  const { width, height } = patch;
  // A ring of zeros around the patch spares every test for its border.
  const stride = width + 2;
  const padded = new Uint8Array(stride * (height + 2));
  for (let row = 0; row < height; row += 1) {
    padded.set(patch.bits.subarray(row * width, (row + 1) * width), (row + 1) * stride + 1);
  }
  const open = new Uint8Array(padded.length);
  /** @type {Ring[]} */
  const rings = [];
  for (let at = stride; at < padded.length - stride; at += 1) {
    if (padded[at] && !padded[at - stride]) open[at] = HORIZONTAL;
  }
  for (let at = stride; at < padded.length; at += 1) {
    if (open[at]) rings.push(walkRing(padded, open, stride, at, patch));
  }
  return rings;
}

/**
 * Follow a ring from the upper edge of a pixel, clearing each upper edge on the way.
 * @param {Uint8Array} padded
 * @param {Uint8Array} open
 * @param {number} stride
 * @param {number} start index of the pixel below the first edge
 * @param {{x: number, y: number}} origin
 * @returns {Ring}
 */
function walkRing(padded, open, stride, start, origin) {
  /** @type {number[]} */
  const ring = [];
  // `corner` is the pixel to the lower right of the lattice point where the walk stands.
  let corner = start;
  let direction = 0;
  do {
    if (direction === 0) open[corner] = 0;
    corner += (STEP_X[direction] ?? 0) + (STEP_Y[direction] ?? 0) * stride;
    const next = turn(padded, stride, corner, direction);
    if (next !== direction) {
      ring.push((corner % stride) - 1 + origin.x, Math.floor(corner / stride) - 1 + origin.y);
    }
    direction = next;
  } while (corner !== start || direction !== 0);
  return ring;
}

/**
 * Which way the ring goes on at a lattice point: right if the pixel ahead on the right is outside,
 * left if the one ahead on the left is inside too, else straight on.
 * @param {Uint8Array} padded
 * @param {number} stride
 * @param {number} corner
 * @param {number} direction
 */
function turn(padded, stride, corner, direction) {
  const ahead = [
    [corner, corner - stride],
    [corner - 1, corner],
    [corner - stride - 1, corner - 1],
    [corner - stride, corner - stride - 1],
  ][direction];
  const [right, left] = ahead ?? [0, 0];
  if (!padded[right ?? 0]) return (direction + 1) % MAX_DIRECTIONS;
  if (padded[left ?? 0]) return (direction + MAX_DIRECTIONS - 1) % MAX_DIRECTIONS;
  return direction;
}

/**
 * A ring on a coarser lattice, for pictures drawn smaller than life: corners that fall together
 * are one.
 * @param {Ring} ring
 * @param {number} step image_px between two lattice points
 * @returns {Ring}
 */
export function coarsen(ring, step) {
  /** @type {number[]} */
  const coarse = [];
  for (let index = 0; index < ring.length; index += 2) {
    const x = Math.round((ring[index] ?? 0) / step) * step;
    const y = Math.round((ring[index + 1] ?? 0) / step) * step;
    if (coarse.at(-2) !== x || coarse.at(-1) !== y) coarse.push(x, y);
  }
  return coarse;
}
