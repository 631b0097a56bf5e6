/** Axis-parallel boxes in image_px; xywh as stored, xyxy as drawn and prompted. */

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/** @typedef {import("../types.js").Point} Point */

/**
 * @param {BoxXywh} box
 * @returns {BoxXyxy}
 */
export function toXyxy([x, y, width, height]) {
  return [x, y, x + width, y + height];
}

/**
 * @param {BoxXyxy} box
 * @returns {BoxXywh}
 */
export function toXywh([x0, y0, x1, y1]) {
  return [x0, y0, x1 - x0, y1 - y0];
}

/**
 * Whether two boxes share at least a pixel's worth of area.
 * @param {BoxXywh} a
 * @param {BoxXywh} b
 */
export function boxesOverlap(a, b) {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}

/**
 * The box between two corners, in any order, cut to the image.
 * @param {Point} a
 * @param {Point} b
 * @param {{width: number, height: number}} image
 * @returns {BoxXyxy}
 */
export function boxBetween(a, b, { width, height }) {
  return [
    clamp(Math.min(a.x, b.x), width),
    clamp(Math.min(a.y, b.y), height),
    clamp(Math.max(a.x, b.x), width),
    clamp(Math.max(a.y, b.y), height),
  ];
}

/**
 * The smallest box of whole pixels around two boxes; an empty one adds nothing.
 * @param {BoxXywh} a
 * @param {BoxXywh} b
 * @returns {BoxXywh}
 */
export function boxAround(a, b) {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const x = Math.min(a[0], b[0]);
  const y = Math.min(a[1], b[1]);
  const right = Math.max(a[0] + a[2], b[0] + b[2]);
  const bottom = Math.max(a[1] + a[3], b[1] + b[3]);
  return [x, y, right - x, bottom - y];
}

/**
 * @param {BoxXywh} box
 * @returns {boolean}
 */
export function isEmpty([, , width, height]) {
  return width <= 0 || height <= 0;
}

/**
 * @param {number} value
 * @param {number} limit
 */
function clamp(value, limit) {
  return Math.min(Math.max(value, 0), limit);
}
