/** Patterns of small tiles that keep their size on the screen and move with the picture. */
import { createSurface } from "./surface.js";

/** @typedef {import("../types.js").Viewport} Viewport */

/** @type {Map<string, HTMLCanvasElement>} */
const kept = new Map();

/**
 * A tile of so many device pixels, drawn once.
 * @param {string} key what it shows; the size is added
 * @param {number} size device pixels
 * @param {(x: number, y: number) => readonly number[] | null} pixelAt RGBA of a pixel; null is clear
 */
export function tileOf(key, size, pixelAt) {
  const name = `${key} ${size}`;
  const known = kept.get(name);
  if (known) return known;
  const { canvas, context } = createSurface(size, size);
  const pixels = context.createImageData(size, size);
  pixels.data.set(drawPixels(size, pixelAt));
  context.putImageData(pixels, 0, 0);
  kept.set(name, canvas);
  return canvas;
}

/**
 * @param {number} size pixels
 * @param {(x: number, y: number) => readonly number[] | null} pixelAt
 * @returns {Uint8ClampedArray} row-major RGBA
 */
export function drawPixels(size, pixelAt) {
  const rgba = new Uint8ClampedArray(4 * size * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const pixel = pixelAt(x, y);
      if (pixel) rgba.set(pixel, 4 * (y * size + x));
    }
  }
  return rgba;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} tile
 */
export function patternOf(context, tile) {
  const pattern = context.createPattern(tile, "repeat");
  if (!pattern) throw new Error("this browser gives no canvas pattern");
  return pattern;
}

/**
 * Lay a tile over a whole surface.
 * @param {import("./surface.js").Surface} surface
 * @param {HTMLCanvasElement} tile
 * @param {GlobalCompositeOperation} operation how it meets what is there
 * @param {Viewport} view
 * @param {number} density device pixels in a CSS pixel
 */
export function layTile({ canvas, context }, tile, operation, view, density) {
  const pattern = patternOf(context, tile);
  pattern.setTransform(new DOMMatrix().translate(view.x * density, view.y * density));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalCompositeOperation = operation;
  context.fillStyle = pattern;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-over";
}
