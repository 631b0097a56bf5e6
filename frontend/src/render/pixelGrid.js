/** Lines between the pixels of the image where they are large enough to be worked on one by one. */

import { toImage, toScreen } from "../geometry/viewport.js";

/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {{readonly width: number, readonly height: number}} Size */

export const GRID_FROM = 8; // 800 %
const DARK = "rgb(0 0 0 / 28%)";
const LIGHT = "rgb(255 255 255 / 28%)"; // beside the dark one: one of the two is seen on any picture

/**
 * Where the lines lie, on whole device pixels.
 * @param {Viewport} view
 * @param {Size} image
 * @param {Size} stage screen_px
 * @param {number} density device pixels in a CSS pixel
 * @returns {{across: number[], down: number[], box: readonly [number, number, number, number]}}
 *   device pixels: the x of upright lines, the y of level ones, and the box they fill (left, top,
 *   right, bottom)
 */
export function gridLines(view, image, stage, density) {
  const [from, to] = [
    toImage(view, { x: 0, y: 0 }),
    toImage(view, { x: stage.width, y: stage.height }),
  ];
  const [left, right] = [Math.max(0, Math.floor(from.x)), Math.min(image.width, Math.ceil(to.x))];
  const [top, bottom] = [Math.max(0, Math.floor(from.y)), Math.min(image.height, Math.ceil(to.y))];
  const place = (/** @type {number} */ x, /** @type {number} */ y) => {
    const at = toScreen(view, { x, y });
    return [Math.round(at.x * density), Math.round(at.y * density)];
  };
  const across = steps(left, right).map((x) => place(x, 0)[0] ?? 0);
  const down = steps(top, bottom).map((y) => place(0, y)[1] ?? 0);
  const [x0 = 0, y0 = 0] = place(left, top);
  const [x1 = 0, y1 = 0] = place(right, bottom);
  return { across, down, box: [x0, y0, x1, y1] };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Viewport} view
 * @param {Size} image
 * @param {Size} stage
 * @param {number} density
 */
export function drawGrid(context, view, image, stage, density) {
  const { across, down, box } = gridLines(view, image, stage, density);
  const [left, top, right, bottom] = box;
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (const [color, by] of /** @type {const} */ ([
    [DARK, 0],
    [LIGHT, 1],
  ])) {
    context.fillStyle = color;
    context.beginPath();
    for (const x of across) context.rect(x + by, top, 1, bottom - top);
    for (const y of down) context.rect(left, y + by, right - left, 1);
    context.fill();
  }
}

/**
 * Whether a session shows the grid.
 * @param {import("../types.js").Session} session
 */
export function showsGrid({ gridShown, view }) {
  return gridShown && view.scale >= GRID_FROM;
}

/**
 * @param {number} first
 * @param {number} last
 */
function steps(first, last) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
