/**
 * One mask as a picture of one colour: as large as the mask, made once, or for a mask that covers a
 * good part of a large image only what is seen of it, as fine as it is seen.
 */
import { bbox, toPatch } from "../geometry/rle.js";
import { MaskBuffer } from "./maskBuffer.js";
import { tint } from "./surface.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").BoxXywh} BoxXywh */

const MAX_PIXELS = 16 * 1024 * 1024; // of a mask's box; beyond it is never unpacked whole

/** @type {WeakMap<Rle, {color: string, canvas: HTMLCanvasElement}>} */
const tinted = new WeakMap();

export class LoneMask {
  /** @type {{size: readonly [number, number], buffer: MaskBuffer} | null} */
  #large = null;
  /** @type {Rle | null} what the buffer holds */
  #rle = null;
  #color = "";

  /**
   * @param {CanvasRenderingContext2D} context in image_px
   * @param {{rle: Rle, color: string}} mask
   * @param {BoxXywh} sight image_px, what is seen
   * @param {number} scale device pixels in a pixel of the image
   */
  draw(context, { rle, color }, sight, scale) {
    const [x, y, width, height] = bbox(rle);
    if (width * height <= MAX_PIXELS) context.drawImage(tintOf(rle, color), x, y);
    else this.#aimed(rle, color, sight, scale).draw(context, scale);
  }

  /**
   * @param {Rle} rle
   * @param {string} color
   * @param {BoxXywh} sight
   * @param {number} scale
   */
  #aimed(rle, color, sight, scale) {
    const [height, width] = rle.size;
    const fits = this.#large?.size[0] === height && this.#large.size[1] === width;
    const large =
      this.#large && fits
        ? this.#large
        : { size: rle.size, buffer: new MaskBuffer({ width, height }) };
    this.#large = large;
    const isOther = large.buffer.aim(sight, scale) || rle !== this.#rle || color !== this.#color;
    if (isOther) large.buffer.repaintAll([{ rle, color }]);
    this.#rle = rle;
    this.#color = color;
    return large.buffer;
  }
}

/**
 * @param {Rle} rle
 * @param {string} color
 */
function tintOf(rle, color) {
  let known = tinted.get(rle);
  if (!known || known.color !== color) {
    known = { color, canvas: tint(toPatch(rle), color) };
    tinted.set(rle, known);
  }
  return known.canvas;
}
