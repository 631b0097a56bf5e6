/**
 * The picture of a stroke under way, tile by tile. A stroke only grows, so that of its tiles those
 * are brought up to date that were drawn on since the last frame.
 */
import { createSurface, toWord } from "./surface.js";

/** @typedef {import("../types.js").StrokeShape} StrokeShape */
/** @typedef {import("../types.js").StrokeTile} StrokeTile */
/** @typedef {{bits: Uint8Array, color: string, version: number, canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, pixels: ImageData, words: Uint32Array}} Tint */

export class StrokeTint {
  /** @type {WeakMap<Uint8Array, Tint>} by a tile's bits */
  #tints = new WeakMap();

  /**
   * @param {CanvasRenderingContext2D} context in image_px
   * @param {StrokeShape} stroke
   */
  draw(context, { tiles, color }) {
    context.imageSmoothingEnabled = false; // or the tiles' edges would show
    for (const tile of tiles) context.drawImage(this.#pictureOf(tile, color), tile.x, tile.y);
  }

  /**
   * @param {StrokeTile} tile
   * @param {string} color
   */
  #pictureOf(tile, color) {
    const known = this.#tints.get(tile.bits);
    const isSame = known?.color === color;
    if (isSame && known.version === tile.version) return known.canvas;
    const tint = isSame ? known : blankTint(tile, color);
    tint.version = tile.version;
    this.#tints.set(tile.bits, tint);
    const rows = paintNew(tint, tile.width);
    if (rows) {
      const [first, last] = rows;
      tint.context.putImageData(tint.pixels, 0, 0, 0, first, tile.width, last - first + 1);
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
  const words = new Uint32Array(pixels.data.buffer);
  return { bits, color, version: -1, canvas, context, pixels, words };
}

/**
 * @param {Pick<Tint, "bits" | "color" | "words">} tint
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
