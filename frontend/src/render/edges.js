/**
 * Outlines as paths in image_px, kept beside each mask. Drawn smaller than life a path is taken on
 * a coarser lattice, since corners nearer than a pixel of the screen only cost time.
 */
import { coarsen, outline } from "../geometry/contour.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../geometry/contour.js").Ring} Ring */

const MAX_STEP = 16;

/** @type {WeakMap<Rle, Map<number, Path2D>>} */
const paths = new WeakMap();
/** @type {WeakMap<Rle, Ring[]>} */
const rings = new WeakMap();

/**
 * @param {Rle} rle
 * @param {number} scale device pixels in an image pixel
 * @returns {Path2D}
 */
export function edgePath(rle, scale) {
  const step = stepAt(scale);
  let bySteps = paths.get(rle);
  if (!bySteps) {
    bySteps = new Map();
    paths.set(rle, bySteps);
  }
  let path = bySteps.get(step);
  if (!path) {
    path = tracePath(ringsOf(rle), step);
    bySteps.set(step, path);
  }
  return path;
}

/**
 * @param {Rle} rle
 * @returns {readonly Ring[]}
 */
function ringsOf(rle) {
  let known = rings.get(rle);
  if (!known) {
    known = outline(rle);
    rings.set(rle, known);
  }
  return known;
}

/** @param {number} scale */
function stepAt(scale) {
  let step = 1;
  while (step < MAX_STEP && step * 2 * scale <= 1) step *= 2;
  return step;
}

/**
 * @param {readonly Ring[]} outlines
 * @param {number} step
 */
function tracePath(outlines, step) {
  const path = new Path2D();
  for (const full of outlines) {
    const ring = step === 1 ? full : coarsen(full, step);
    path.moveTo(ring[0] ?? 0, ring[1] ?? 0);
    for (let index = 2; index < ring.length; index += 2) {
      path.lineTo(ring[index] ?? 0, ring[index + 1] ?? 0);
    }
    path.closePath();
  }
  return path;
}
