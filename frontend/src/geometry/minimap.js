/** A small picture of the whole image with a frame around what is in sight. */

import { keepInSight, toImage } from "./viewport.js";

/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {{readonly width: number, readonly height: number}} Size */

const MOST = { width: 168, height: 128 }; // screen_px
const LEAST = 24; // of a very long image's short side

/**
 * @param {Size} image
 * @returns {Size} screen_px, the image's shape as nearly as whole pixels allow
 */
export function mapSize({ width, height }) {
  const scale = Math.min(MOST.width / width, MOST.height / height);
  return {
    width: Math.max(LEAST, Math.round(width * scale)),
    height: Math.max(LEAST, Math.round(height * scale)),
  };
}

/**
 * @param {Viewport} view
 * @param {Size} image
 * @param {Size} stage
 * @returns {boolean} whether some of the image is out of sight
 */
export function isPartInSight({ scale, x, y }, image, stage) {
  if (stage.width === 0) return false;
  const [right, bottom] = [x + image.width * scale, y + image.height * scale];
  return x < -0.5 || y < -0.5 || right > stage.width + 0.5 || bottom > stage.height + 0.5;
}

/**
 * @param {Viewport} view
 * @param {Size} image
 * @param {Size} stage
 * @returns {BoxXywh} of the map's pixels: what is in sight
 */
export function frameOnMap(view, image, stage) {
  const map = mapSize(image);
  const from = toImage(view, { x: 0, y: 0 });
  const to = toImage(view, { x: stage.width, y: stage.height });
  const [left, right] = within(from.x, to.x, image.width, map.width);
  const [top, bottom] = within(from.y, to.y, image.height, map.height);
  return [left, top, right - left, bottom - top];
}

/**
 * The view moved so that a place on the map is in the middle of the stage.
 * @param {Viewport} view
 * @param {Point} at of the map's pixels
 * @param {Size} image
 * @param {Size} stage
 * @returns {Viewport}
 */
export function centredOn(view, at, image, stage) {
  const map = mapSize(image);
  const point = { x: (at.x / map.width) * image.width, y: (at.y / map.height) * image.height };
  const moved = {
    scale: view.scale,
    x: stage.width / 2 - point.x * view.scale,
    y: stage.height / 2 - point.y * view.scale,
  };
  return keepInSight(moved, image, stage);
}

/**
 * @param {number} from image_px
 * @param {number} to
 * @param {number} length of the image
 * @param {number} room of the map
 * @returns {readonly [number, number]}
 */
function within(from, to, length, room) {
  const place = (/** @type {number} */ at) => (Math.min(Math.max(at, 0), length) / length) * room;
  return [place(from), place(to)];
}
