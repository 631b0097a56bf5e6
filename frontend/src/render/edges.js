/**
 * Outlines as paths in image_px, kept beside each mask. Drawn smaller than life a path has fewer
 * corners, since those nearer than a part of the screen's pixel only cost time.
 */
import { outline } from "../geometry/contour.js";
import { thinned } from "../geometry/thinning.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../geometry/contour.js").Ring} Ring */

const TOLERANCE = 0.25; // device pixels by which a line may be off, at most twice that
const COARSEST = 16; // image pixels in a device pixel
const EXACT = 0;

/** @typedef {{path: Path2D, corners: number}} Edge */

/** @type {WeakMap<Rle, Map<number, Edge>>} */
const edges = new WeakMap();

/**
 * @param {Rle} rle
 * @param {number} scale device pixels in an image pixel
 * @returns {Path2D}
 */
export function edgePath(rle, scale) {
  return edgeAt(rle, scale).path;
}

/**
 * @param {Rle} rle
 * @param {number} scale device pixels in an image pixel
 * @returns {number} corners of its path
 */
export function cornersAt(rle, scale) {
  return edgeAt(rle, scale).corners;
}

/**
 * @param {Rle} rle
 * @param {number} scale
 * @returns {Edge}
 */
function edgeAt(rle, scale) {
  const step = stepAt(scale);
  let bySteps = edges.get(rle);
  if (!bySteps) {
    bySteps = new Map();
    edges.set(rle, bySteps);
  }
  let edge = bySteps.get(step);
  if (!edge) {
    edge = traced(outline(rle), step);
    bySteps.set(step, edge);
  }
  return edge;
}

/**
 * @param {number} scale
 * @returns {number} the power of two of image pixels that are one to two device pixels
 */
function stepAt(scale) {
  if (scale >= 1) return EXACT;
  let step = 2;
  while (step < COARSEST && step * scale < 1) step *= 2;
  return step;
}

/**
 * @param {readonly Ring[]} outlines
 * @param {number} step
 * @returns {Edge}
 */
function traced(outlines, step) {
  const path = new Path2D();
  let corners = 0;
  for (const full of outlines) {
    const ring = step === EXACT ? full : thinned(full, TOLERANCE * step);
    corners += ring.length / 2;
    path.moveTo(ring[0] ?? 0, ring[1] ?? 0);
    for (let index = 2; index < ring.length; index += 2) {
      path.lineTo(ring[index] ?? 0, ring[index + 1] ?? 0);
    }
    path.lineTo(ring[0] ?? 0, ring[1] ?? 0); // Path2D.closePath takes as long as all the lines
  }
  return { path, corners };
}
