/**
 * The picture of a stroke under way. A stroke only grows, so that of its pixels those are painted
 * that are new since the last frame; it is made anew when the stroke's bitmap had to be enlarged.
 */
import { createSurface, toWord } from "./surface.js";

/** @typedef {import("../types.js").StrokeShape} StrokeShape */
/** @typedef {{bits: Uint8Array, color: string, canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, pixels: ImageData, words: Uint32Array}} Tint */

export class StrokeTint {
  /** @type {Tint | null} */
  #tint = null;
  #version = -1;

  /**
   * @param {StrokeShape} stroke
   * @returns {HTMLCanvasElement} as large as the stroke's patch, opaque where it was drawn
   */
  pictureOf({ patch, color, version }) {
    const known = this.#tint;
    const isSame = known !== null && known.bits === patch.bits && known.color === color;
    if (isSame && version === this.#version) return known.canvas;
    const tint = isSame ? known : blankTint(patch, color);
    this.#tint = tint;
    this.#version = version;
    const rows = paintNew(tint, patch.width);
    if (rows) {
      const [first, last] = rows;
      tint.context.putImageData(tint.pixels, 0, 0, 0, first, patch.width, last - first + 1);
    }
    return tint.canvas;
  }
}

/**
 * @param {import("../types.js").Patch} patch
 * @param {string} color "#rrggbb"
 * @returns {Tint}
 */
function blankTint({ width, height, bits }, color) {
  const { canvas, context } = createSurface(Math.max(width, 1), Math.max(height, 1));
  const pixels = context.createImageData(canvas.width, canvas.height);
  return { bits, color, canvas, context, pixels, words: new Uint32Array(pixels.data.buffer) };
}

/**
 * @param {Tint} tint
 * @param {number} width of a row
 * @returns {readonly [number, number] | null} first and last row with a new pixel
 */
export function paintNew({ bits, color, words }, width) {
  const word = toWord(color);
  let first = -1;
  let last = -1;
  for (let at = 0; at < bits.length; at += 1) {
    if (!bits[at] || words[at] === word) continue;
    words[at] = word;
    if (first === -1) first = at;
    last = at;
  }
  return first === -1 ? null : [Math.floor(first / width), Math.floor(last / width)];
}
