/** Labels' patterns over their masks: as wide at every zoom, moving with the picture. */
import { isMarked, tileCells } from "../model/patterns.js";
import { drawPixels, layTile, patternOf, tileOf } from "./tiles.js";

/** @typedef {import("../types.js").Viewport} Viewport */

/** So much more opaque than the colour below it, of which it covers a part. */
export const PATTERN_GAIN = 1.75;

/** Dark with a light side, so that it is seen on dark and on light pictures. */
const DARK = [0, 0, 0, 200];
const LIGHT = [255, 255, 255, 150];

/**
 * Fill a path in image_px with a pattern.
 * @param {CanvasRenderingContext2D} context in image_px
 * @param {Path2D} path
 * @param {number} pattern
 * @param {Viewport} view
 * @param {number} density device pixels in a CSS pixel
 */
export function fillPattern(context, path, pattern, view, density) {
  const style = patternOf(context, patternTile(pattern, density));
  style.setTransform(new DOMMatrix().scale(1 / (view.scale * density)));
  context.fillStyle = style;
  context.fill(path, "evenodd");
}

/**
 * Lay a pattern over what is painted on a surface, and over nothing else.
 * @param {import("./surface.js").Surface} surface
 * @param {number} pattern
 * @param {Viewport} view
 * @param {number} density
 */
export function overlayPattern(surface, pattern, view, density) {
  layTile(surface, patternTile(pattern, density), "source-atop", view, density);
}

/**
 * @param {number} pattern
 * @param {number} density
 */
function patternTile(pattern, density) {
  const size = Math.max(Math.round(tileCells(pattern) * density), 1);
  return tileOf(`pattern ${pattern}`, size, pixelOf(pattern, size));
}

/**
 * A tile that continues itself on all sides.
 * @param {number} pattern
 * @param {number} size device pixels
 * @returns {Uint8ClampedArray} row-major RGBA
 */
export function tilePixels(pattern, size) {
  return drawPixels(size, pixelOf(pattern, size));
}

/**
 * @param {number} pattern
 * @param {number} size
 * @returns {(x: number, y: number) => readonly number[] | null}
 */
function pixelOf(pattern, size) {
  const cells = tileCells(pattern);
  return (x, y) => {
    const [column, row] = [Math.floor((x * cells) / size), Math.floor((y * cells) / size)];
    if (isMarked(pattern, column, row)) return DARK;
    const isLight =
      isMarked(pattern, (column + cells - 1) % cells, row) ||
      isMarked(pattern, column, (row + cells - 1) % cells);
    return isLight ? LIGHT : null;
  };
}
