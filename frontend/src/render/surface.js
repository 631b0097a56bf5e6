/** Canvases and colours: how a surface is made, sized and tinted. */

/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").Viewport} Viewport */

/**
 * @typedef {Object} Surface
 * @property {HTMLCanvasElement} canvas
 * @property {CanvasRenderingContext2D} context
 */

/**
 * @param {number} width device pixels
 * @param {number} height
 * @param {{isRead?: boolean}} [options] isRead: its pixels will be asked for again and again
 * @returns {Surface}
 */
export function createSurface(width, height, { isRead = false } = {}) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(width, 1);
  canvas.height = Math.max(height, 1);
  const context = canvas.getContext("2d", isRead ? { willReadFrequently: true } : undefined);
  if (!context) throw new Error("this browser gives no 2d canvas");
  return { canvas, context };
}

/**
 * @param {Surface} surface
 * @param {number} width device pixels
 * @param {number} height
 */
export function resize({ canvas }, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * Make everything that is drawn next be in image_px.
 * @param {CanvasRenderingContext2D} context
 * @param {Viewport} view
 * @param {number} density device pixels in a CSS pixel
 */
export function enterImage(context, { scale, x, y }, density) {
  context.setTransform(scale * density, 0, 0, scale * density, x * density, y * density);
}

/** @param {Surface} surface */
export function clear({ canvas, context }) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
}

/**
 * @param {string} color "#rrggbb"
 * @returns {[number, number, number]} red, green and blue, 0 to 255
 */
export function toRgb(color) {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

/**
 * @param {string} color "#rrggbb"
 * @returns {number} opaque, as ImageData's bytes read as a little-endian word
 */
export function toWord(color) {
  const [red, green, blue] = toRgb(color);
  return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * A patch as an opaque picture in one colour.
 * @param {Patch} patch
 * @param {string} color "#rrggbb"
 * @returns {HTMLCanvasElement}
 */
export function tint({ width, height, bits }, color) {
  const { canvas, context } = createSurface(width, height);
  if (width === 0 || height === 0) return canvas;
  const pixels = context.createImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  const word = toWord(color);
  for (let index = 0; index < bits.length; index += 1) if (bits[index]) words[index] = word;
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/**
 * The same colour nearer to white, to stand out.
 * @param {string} color "#rrggbb"
 * @param {number} share 0 leaves it, 1 is white
 */
export function brighten(color, share) {
  const parts = toRgb(color).map((part) => Math.round(part + (255 - part) * share));
  return `rgb(${parts.join(" ")})`;
}
