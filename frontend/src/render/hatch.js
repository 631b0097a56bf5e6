/** Diagonal stripes that keep their width on the screen and move with the picture. */
import { createSurface } from "./surface.js";

/** Stripes cover a part of the pixels, so each is to be that much more opaque. */
export const HATCH_GAIN = 1.4;

const PERIOD = 10; // screen_px from stripe to stripe
const STRIPE = 0.3; // of the period: a suggestion shows the picture before itself
const FAINT = 0.08; // between the stripes, so that small pieces do not vanish

/** @type {Map<number, HTMLCanvasElement>} by size in device pixels */
const tiles = new Map();

/**
 * Cut what is on a surface into stripes.
 * @param {import("./surface.js").Surface} surface
 * @param {import("../types.js").Viewport} view
 * @param {number} density
 */
export function hatch({ canvas, context }, view, density) {
  const size = Math.max(Math.round(PERIOD * density), 2);
  const pattern = context.createPattern(tileOf(size), "repeat");
  if (!pattern) throw new Error("this browser gives no canvas pattern");
  pattern.setTransform(new DOMMatrix().translate(view.x * density, view.y * density));
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalCompositeOperation = "destination-in";
  context.fillStyle = pattern;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = "source-over";
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
      const inStripe = (x + y) % size < size * STRIPE;
      pixels.data[(y * size + x) * 4 + 3] = inStripe ? 255 : 255 * FAINT;
    }
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}
