/**
 * Small pictures of objects: the piece of the image around each one, with its mask. A few are drawn
 * at a time, so that a long list scrolls; those seen last are kept.
 */

import { bbox, toPatch } from "../geometry/rle.js";
import { createSurface, tint } from "./surface.js";

/**
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("../types.js").Rle} Rle
 */

const KEPT = 400;
const AT_ONCE = 8;
const AROUND = 1.25; // of the object's longer side
const LEAST_PX = 24; // of the image, or a tiny object would fill the thumbnail with one pixel
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
  #left = AT_ONCE;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

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
    this.#drawn.clear();
    if (!address) return;
    const picture = new Image();
    picture.src = address;
    picture.decode().then(
      () => {
        if (this.#address !== address) return;
        this.#picture = picture;
        this.#redraw();
      },
      () => {}, // the masks are shown without it; the stage tells that the picture is lost
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
    if (this.#left === 0) {
      this.#later();
      return known?.canvas ?? null;
    }
    this.#left -= 1;
    if (this.#left === 0) this.#later();
    const canvas = drawThumbnail(
      object.rle,
      color,
      this.#picture,
      this.#side_px * devicePixelRatio,
    );
    this.#drawn.delete(object.id);
    this.#drawn.set(object.id, { rle: object.rle, color, picture: this.#picture, canvas });
    this.#forgetOldest();
    return canvas;
  }

  #later() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#left = AT_ONCE;
      this.#redraw();
    });
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

/**
 * The square of the image that shows an object: x, y and side in image_px.
 * @param {Rle} rle
 * @returns {readonly [x: number, y: number, side: number]}
 */
export function frameOf(rle) {
  const [x, y, width, height] = bbox(rle);
  const side = Math.max(Math.max(width, height) * AROUND, LEAST_PX);
  return [x + width / 2 - side / 2, y + height / 2 - side / 2, side];
}

/**
 * @param {Rle} rle
 * @param {string} color
 * @param {HTMLImageElement | null} picture of any scale
 * @param {number} side device pixels
 */
function drawThumbnail(rle, color, picture, side) {
  const { canvas, context } = createSurface(Math.round(side), Math.round(side));
  const [left, top, extent] = frameOf(rle);
  const scale = canvas.width / extent;
  context.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
  const [height, width] = rle.size;
  if (picture) context.drawImage(picture, 0, 0, width, height);
  const [x, y, maskWidth, maskHeight] = bbox(rle);
  if (maskWidth === 0 || maskHeight === 0) return canvas;
  context.globalAlpha = MASK_OPACITY;
  context.drawImage(tint(toPatch(rle), color), x, y);
  return canvas;
}
