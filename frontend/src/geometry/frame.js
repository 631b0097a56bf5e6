/**
 * A frame: the piece of the image that a pixel tool works on, at full size or, where that would be
 * too much, at each step-th pixel. What is seen of a large image on the screen is coarser still.
 */
import { fromPatch } from "./rle.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {{readonly width: number, readonly height: number}} Size */
/**
 * @typedef {Object} Frame
 * @property {number} x of its left top corner, image_px
 * @property {number} y
 * @property {number} width cells in a row; a cell is step x step image pixels
 * @property {number} height
 * @property {number} step
 */

const MARGIN = 0.25; // of what is seen, so that a small pan needs no new frame

/**
 * The whole image if it holds no more pixels than the limit; else what is seen of it, coarser if
 * that is too much as well.
 * @param {Size} image
 * @param {Viewport} view
 * @param {Size} stage screen_px
 * @param {number} limit cells
 * @returns {Frame}
 */
export function frameFor(image, view, stage, limit) {
  if (image.width * image.height <= limit) {
    return { x: 0, y: 0, width: image.width, height: image.height, step: 1 };
  }
  const seen = { width: stage.width / view.scale, height: stage.height / view.scale };
  const [marginX, marginY] = [seen.width * MARGIN, seen.height * MARGIN];
  const left = clamp(Math.floor(-view.x / view.scale - marginX), image.width - 1);
  const top = clamp(Math.floor(-view.y / view.scale - marginY), image.height - 1);
  const right = clamp(Math.ceil(-view.x / view.scale + seen.width + marginX), image.width);
  const bottom = clamp(Math.ceil(-view.y / view.scale + seen.height + marginY), image.height);
  const [width, height] = [Math.max(right - left, 1), Math.max(bottom - top, 1)];
  const step = Math.max(Math.ceil(Math.sqrt((width * height) / limit)), 1);
  return {
    x: left,
    y: top,
    width: Math.ceil(width / step),
    height: Math.ceil(height / step),
    step,
  };
}

/**
 * All of the image, coarser if it holds more pixels than the limit.
 * @param {Size} image
 * @param {number} limit cells
 * @returns {Frame}
 */
export function wholeFrame({ width, height }, limit) {
  let step = Math.max(Math.floor(Math.sqrt((width * height) / limit)), 1);
  while (Math.ceil(width / step) * Math.ceil(height / step) > limit) step += 1;
  return { x: 0, y: 0, width: Math.ceil(width / step), height: Math.ceil(height / step), step };
}

/**
 * Whether a frame still serves: what is seen lies in it, and no finer one could be had.
 * @param {Frame} frame
 * @param {Size} image
 * @param {Viewport} view
 * @param {Size} stage
 * @param {number} limit
 */
export function serves(frame, image, view, stage, limit) {
  const wanted = frameFor(image, view, stage, limit);
  if (wanted.step < frame.step) return false;
  const left = Math.max(-view.x / view.scale, 0);
  const top = Math.max(-view.y / view.scale, 0);
  const right = Math.min((stage.width - view.x) / view.scale, image.width);
  const bottom = Math.min((stage.height - view.y) / view.scale, image.height);
  return (
    left >= frame.x &&
    top >= frame.y &&
    right <= frame.x + frame.width * frame.step &&
    bottom <= frame.y + frame.height * frame.step
  );
}

/**
 * @param {Frame} frame
 * @param {Point} point image_px
 * @returns {number} index of the cell, -1 outside of the frame
 */
export function cellAt({ x, y, width, height, step }, point) {
  const column = Math.floor((point.x - x) / step);
  const row = Math.floor((point.y - y) / step);
  if (column < 0 || row < 0 || column >= width || row >= height) return -1;
  return row * width + column;
}

/**
 * @param {Frame} frame
 * @param {number} cell
 * @returns {Point} the middle of a cell, image_px
 */
export function middleOf({ x, y, width, step }, cell) {
  return {
    x: x + ((cell % width) + 0.5) * step,
    y: y + (Math.floor(cell / width) + 0.5) * step,
  };
}

/**
 * @param {Frame} frame
 * @param {Uint8Array} bits a cell each, row-major, not 0 is inside
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle} with every pixel of those cells, cut to the image
 */
export function maskOfCells(frame, bits, [height, width]) {
  const { x, y, step } = frame;
  const columns = Math.min(frame.width * step, width - x);
  const rows = Math.min(frame.height * step, height - y);
  if (step === 1) {
    return fromPatch({ x, y, width: columns, height: rows, bits }, [height, width]);
  }
  const full = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    const from = Math.floor(row / step) * frame.width;
    for (let column = 0; column < columns; column += 1) {
      full[row * columns + column] = bits[from + Math.floor(column / step)] ?? 0;
    }
  }
  return fromPatch({ x, y, width: columns, height: rows, bits: full }, [height, width]);
}

/**
 * @param {number} value
 * @param {number} limit
 */
function clamp(value, limit) {
  return Math.min(Math.max(value, 0), limit);
}
