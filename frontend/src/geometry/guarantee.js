/**
 * What a prompt promises whatever the model says, by the rules of inference/segmenters/guarantee.py:
 * a click's own pixel lies on the click's side, later clicks winning over earlier ones on one pixel,
 * and the answer to a box stays inside of the box grown by a tenth; only a click reaches further.
 *
 * Where a click is not obeyed, the connected region around it that the model believes in at least as
 * much as in the clicked pixel changes sides, and at least a disc. If that region holds a click of
 * the other side, the model has nothing to tell there, and the disc is all.
 */
import { LOGIT_THRESHOLD, logitAt, maskAbove } from "./lowRes.js";
import { Stroke } from "./raster.js";
import { regionAt } from "./region.js";
import { contains, fromPatch, fromToggles } from "./rle.js";
import { intersect, subtract, union } from "./sets.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/** @typedef {import("./lowRes.js").LowRes} LowRes */
/** @typedef {import("./lowRes.js").Frame} Frame */
/** @typedef {readonly [height: number, width: number]} SizeHw */
/** A clicked pixel. @typedef {{readonly x: number, readonly y: number, readonly isIn: boolean}} Spot */

const BOX_GROWTH = 0.1; // of its sides, at each of them
const DISC_SHARE = 200; // a disc's radius is the image's longer side through this: seen, but small
const SLACK = 1e-5; // of a logit's size, so that the clicked pixel is among those that equal it

/**
 * @param {LowRes} logits
 * @param {Frame} frame
 * @param {{readonly points: readonly (readonly [number, number, 0 | 1])[], readonly box: BoxXyxy | null}} prompt
 * @returns {Rle} the mask of the logits as far as the prompt allows it
 */
export function promisedMask(logits, frame, { points, box }) {
  const spots = spotsOf(points, frame.sizeHw);
  const inside = box && grownBox(box, frame.sizeHw);
  const plain = maskAbove(logits, frame, LOGIT_THRESHOLD);
  let mask = inside ? intersect(plain, inside) : plain;
  for (const spot of spots) {
    if (contains(mask, spot.x, spot.y) === spot.isIn) continue;
    const region = turning(spot, spots, logits, frame);
    if (!spot.isIn) mask = subtract(mask, region);
    else mask = union(mask, inside ? intersect(region, inside) : region);
  }
  for (const spot of spots) mask = withPixel(mask, spot);
  return mask;
}

/**
 * The clicked pixels, each once with what was said of it last.
 * @param {readonly (readonly [number, number, 0 | 1])[]} points
 * @param {SizeHw} size
 * @returns {Spot[]}
 */
function spotsOf(points, [height, width]) {
  /** @type {Map<number, Spot>} */
  const spots = new Map();
  for (const [px, py, label] of points) {
    const x = Math.min(Math.max(Math.floor(px), 0), width - 1);
    const y = Math.min(Math.max(Math.floor(py), 0), height - 1);
    spots.set(y * width + x, { x, y, isIn: label === 1 });
  }
  return [...spots.values()];
}

/**
 * What changes sides with a click that is not obeyed.
 * @param {Spot} spot
 * @param {readonly Spot[]} spots
 * @param {LowRes} logits
 * @param {Frame} frame
 */
function turning({ x, y, isIn }, spots, logits, frame) {
  const level = logitAt(logits, frame, x, y);
  const slack = SLACK * Math.max(1, Math.abs(level));
  const alike = isIn
    ? maskAbove(logits, frame, level - slack)
    : complement(maskAbove(logits, frame, level + slack));
  const believed = regionAt(alike, x, y);
  const isDoubtful = spots.some(
    (other) => other.isIn !== isIn && contains(believed, other.x, other.y),
  );
  const disc = discAt(x, y, frame.sizeHw);
  return isDoubtful ? disc : union(believed, disc);
}

/**
 * The pixels that touch the grown box.
 * @param {BoxXyxy} box image_px
 * @param {SizeHw} size
 */
function grownBox([x0, y0, x1, y1], size) {
  const [dx, dy] = [(x1 - x0) * BOX_GROWTH, (y1 - y0) * BOX_GROWTH];
  const x = Math.max(Math.floor(x0 - dx), 0);
  const y = Math.max(Math.floor(y0 - dy), 0);
  const width = Math.max(Math.min(Math.ceil(x1 + dx), size[1]) - x, 0);
  const height = Math.max(Math.min(Math.ceil(y1 + dy), size[0]) - y, 0);
  const bits = new Uint8Array(width * height).fill(1);
  return fromPatch({ x, y, width, height, bits }, size);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {SizeHw} size
 */
function discAt(x, y, [height, width]) {
  const radius = Math.max(1, Math.round(Math.max(height, width) / DISC_SHARE));
  const stroke = new Stroke({ height, width }, { size: 2 * radius + 0.5, shape: "disc" });
  const middle = { x: x + 0.5, y: y + 0.5 };
  stroke.line(middle, middle);
  return fromPatch(stroke.patch, [height, width]);
}

/**
 * @param {Rle} mask
 * @param {Spot} spot
 */
function withPixel(mask, { x, y, isIn }) {
  if (contains(mask, x, y) === isIn) return mask;
  const patch = { x, y, width: 1, height: 1, bits: Uint8Array.of(1) };
  const pixel = fromPatch(patch, mask.size);
  return isIn ? union(mask, pixel) : subtract(mask, pixel);
}

/** @param {Rle} rle */
function complement(rle) {
  return subtract(fromToggles(Uint32Array.of(0), rle.size), rle);
}
