/** How keys and wheel change the brush: by a tenth, with Shift by half, but at least by a pixel. */

const SMALL = 1.1;
const LARGE = 1.5;

/**
 * @param {number} size diameter in image_px
 * @param {number} steps of a tenth each, positive is larger
 * @param {number} [factor]
 */
export function scaledBrush(size, steps, factor = SMALL) {
  if (steps === 0) return size;
  const wanted = size * factor ** steps;
  const least = steps > 0 ? size + 1 : size - 1;
  return Math.max(Math.round(steps > 0 ? Math.max(wanted, least) : Math.min(wanted, least)), 1);
}

/**
 * @param {import("../types.js").KeySample} sample
 * @param {number} size
 * @returns {number | null} null for any other key
 */
export function brushSizeKey({ code, shift }, size) {
  const factor = shift ? LARGE : SMALL;
  if (code === "BracketLeft") return scaledBrush(size, -1, factor);
  return code === "BracketRight" ? scaledBrush(size, 1, factor) : null;
}

const LIGHTEST = 0.15; // share of the size that the lightest touch still paints

/**
 * @param {number} size diameter at full pressure, image_px
 * @param {number} pressure 0..1
 */
export function pressedSize(size, pressure) {
  return Math.max(size * (LIGHTEST + (1 - LIGHTEST) * pressure), 1);
}
