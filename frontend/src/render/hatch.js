/** Diagonal stripes that keep their width on the screen and move with the picture. */
import { createSurface } from "./surface.js";

const PERIOD = 8; // screen_px from stripe to stripe
const FAINT = 0.25; // between the stripes, so that small pieces do not vanish

/** @type {Map<number, HTMLCanvasElement>} by size in device pixels */
const tiles = new Map();

/**
 * @param {CanvasRenderingContext2D} context in device pixels
 * @param {import("../types.js").Viewport} view
 * @param {number} density
 * @returns {CanvasPattern}
 */
export function hatchPattern(context, view, density) {
  const size = Math.max(Math.round(PERIOD * density), 2);
  const pattern = context.createPattern(tileOf(size), "repeat");
  if (!pattern) throw new Error("this browser gives no canvas pattern");
  pattern.setTransform(new DOMMatrix().translate(view.x * density, view.y * density));
  return pattern;
}

/** @param {number} size */
function tileOf(size) {
  let tile = tiles.get(size);
  if (!tile) {
    tile = drawTile(size);
    tiles.set(size, tile);
  }
  return tile;
}

/** @param {number} size */
function drawTile(size) {
  const { canvas, context } = createSurface(size, size);
  const pixels = context.createImageData(size, size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const inStripe = (x + y) % size < size / 2;
      pixels.data[(y * size + x) * 4 + 3] = inStripe ? 255 : 255 * FAINT;
    }
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
