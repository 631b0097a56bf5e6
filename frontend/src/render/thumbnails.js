/**
 * Small pictures of objects: the piece of the image around each one, with its mask. A few are drawn
 * at a time and after a frame, so that a long list scrolls and a new image is seen first; those seen
 * last are kept.
 */

import { coverage, frameOf } from "../geometry/coverage.js";
import { afterNextFrame } from "./frames.js";
import { createSurface, resize, toWord } from "./surface.js";

/**
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../types.js").Rle} Rle
 */

const KEPT = 400;
const SLICE_MS = 6; // of drawing, between two frames
const LEAST_AT_ONCE = 2;
const MASK_OPACITY = 0.55;
const FIT_PX = 2048; // longer sides are taken from a preview

/** @typedef {{rle: Rle, color: string, picture: unknown, canvas: HTMLCanvasElement}} Drawn */

export class Thumbnails {
  #side_px;
  #redraw;
  /** @type {Map<string, Drawn>} by object, the oldest first */
  #drawn = new Map();
  /** @type {HTMLImageElement | null} */
  #picture = null;
  #address = "";
  #isWaiting = true; // for the picture, or to hear that it is lost
  #until = 0; // when this turn's drawing ends,
  #granted = 0; // but not before these, however slow the rest is
  #isAsked = false;
  #scratch = createSurface(1, 1);

  /**
   * @param {number} side_px CSS pixels
   * @param {() => void} redraw more can be drawn now
   */
  constructor(side_px, redraw) {
    this.#side_px = side_px;
    this.#redraw = redraw;
  }

  /** @param {{file: string, preview: string, width: number, height: number} | null} image */
  show(image) {
    const address = image ? addressOf(image) : "";
    if (address === this.#address) return;
    this.#address = address;
    this.#picture = null;
    this.#isWaiting = true;
    this.#until = 0;
    this.#granted = 0;
    this.#drawn.clear();
    if (!address) return;
    const picture = new Image();
    picture.src = address;
    const settle = (/** @type {HTMLImageElement | null} */ decoded) => {
      if (this.#address !== address) return;
      this.#picture = decoded;
      this.#isWaiting = false;
      this.#later();
    };
    picture.decode().then(
      () => settle(picture),
      () => settle(null), // masks are shown without it; the stage tells that the picture is lost
    );
  }

  /**
   * @param {Readonly<MaskObject>} object
   * @param {string} color "#rrggbb"
   * @returns {HTMLCanvasElement | null} null: soon
   */
  of(object, color) {
    const known = this.#drawn.get(object.id);
    const isFresh =
      known?.rle === object.rle && known.color === color && known.picture === this.#picture;
    if (isFresh) return known.canvas;
    if (this.#isWaiting) return null;
    if (this.#granted === 0 && performance.now() >= this.#until) {
      this.#later();
      return known?.canvas ?? null;
    }
    this.#granted = Math.max(0, this.#granted - 1);
    const canvas = this.#draw(object.rle, color);
    this.#drawn.delete(object.id);
    this.#drawn.set(object.id, { rle: object.rle, color, picture: this.#picture, canvas });
    this.#forgetOldest();
    return canvas;
  }

  /** Go on once the next frame has been painted. */
  #later() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    afterNextFrame(() => {
      this.#isAsked = false;
      this.#until = performance.now() + SLICE_MS;
      this.#granted = LEAST_AT_ONCE;
      this.#redraw();
    });
  }

  /**
   * @param {Rle} rle
   * @param {string} color
   */
  #draw(rle, color) {
    const side = Math.round(this.#side_px * devicePixelRatio);
    const { canvas, context } = createSurface(side, side);
    const [left, top, extent] = frameOf(rle);
    const scale = side / extent;
    const [height, width] = rle.size;
    context.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    if (this.#picture) context.drawImage(this.#picture, 0, 0, width, height);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#tinted(coverage(rle, side), side, color), 0, 0);
    return canvas;
  }

  /**
   * @param {Float32Array} shares of each pixel, 0 to 1
   * @param {number} side
   * @param {string} color
   */
  #tinted(shares, side, color) {
    const { canvas, context } = this.#scratch;
    resize(this.#scratch, side, side);
    const pixels = context.createImageData(side, side);
    const words = new Uint32Array(pixels.data.buffer);
    const bare = toWord(color) & 0xffffff;
    for (let at = 0; at < words.length; at += 1)
      words[at] = bare | (Math.round(255 * MASK_OPACITY * (shares[at] ?? 0)) << 24);
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  #forgetOldest() {
    for (const id of this.#drawn.keys()) {
      if (this.#drawn.size <= KEPT) return;
      this.#drawn.delete(id);
    }
  }
}

/** @param {{file: string, preview: string, width: number, height: number}} image */
function addressOf({ file, preview, width, height }) {
  return Math.max(width, height) <= FIT_PX ? file : `${preview}?size=${FIT_PX}`;
}
