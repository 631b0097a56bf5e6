/**
 * A large picture's halvings. Drawn smaller than life, the one is taken that is just finer than the
 * screen: what is not seen is not read, and pixels are averaged, not skipped. A halving is made when
 * it is first needed, and brought up to date where the picture changed since.
 */
import { boxAround, isEmpty } from "../geometry/box.js";
import { createSurface } from "./surface.js";

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {{surface: Surface, stale: BoxXywh}} Level stale: in pixels of the picture */

const DEEPEST = 4; // a sixteenth of the sides: as small as a screen shows what fits in memory
/** @type {BoxXywh} */
const NOTHING = [0, 0, 0, 0];

export class Levels {
  #size;
  /** @type {Level[]} the half first */
  #made = [];

  /** @param {{width: number, height: number}} size of the picture, in its pixels */
  constructor(size) {
    this.#size = size;
  }

  /** @param {BoxXywh} box pixels of the picture, where it changed */
  touch(box) {
    for (const level of this.#made) level.stale = boxAround(level.stale, box);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {CanvasImageSource} picture
   * @param {BoxXywh} place of all of it, in the context's units
   * @param {number} scale device pixels in a pixel of the picture
   */
  draw(context, picture, [x, y, width, height], scale) {
    const depth = depthAt(scale);
    if (depth === 0) {
      context.drawImage(picture, x, y, width, height);
      return;
    }
    const { canvas } = this.#at(depth, picture).surface;
    const across = (canvas.width * 2 ** depth) / this.#size.width; // an odd side's last is half empty
    const down = (canvas.height * 2 ** depth) / this.#size.height;
    context.drawImage(canvas, x, y, width * across, height * down);
  }

  /**
   * @param {number} depth 1 is the half
   * @param {CanvasImageSource} picture
   * @returns {Level} up to date
   */
  #at(depth, picture) {
    const { width, height } = this.#size;
    const known = this.#made[depth - 1];
    if (known && isEmpty(known.stale)) return known;
    const finer = depth > 1 ? this.#at(depth - 1, picture) : null;
    const level = known ?? blank(width, height, depth);
    this.#made[depth - 1] = level;
    if (finer) {
      const { canvas } = finer.surface;
      halve(level, depth, canvas, canvas.width, canvas.height);
    } else halve(level, depth, picture, width, height);
    return level;
  }
}

/**
 * @param {number} scale device pixels in a pixel
 * @returns {number} how often a picture is halved so that its pixels are one to two of the screen
 */
function depthAt(scale) {
  return Math.min(Math.max(Math.floor(Math.log2(1 / scale)), 0), DEEPEST);
}

/**
 * @param {number} width of the picture
 * @param {number} height
 * @param {number} depth
 * @returns {Level}
 */
function blank(width, height, depth) {
  const surface = createSurface(Math.ceil(width / 2 ** depth), Math.ceil(height / 2 ** depth));
  return { surface, stale: [0, 0, width, height] };
}

/**
 * Draw anew what is stale of a level; pixels that lie over two by two are their mean.
 * @param {Level} level
 * @param {number} depth
 * @param {CanvasImageSource} finer
 * @param {number} width of the finer one
 * @param {number} height
 */
function halve(level, depth, finer, width, height) {
  const { context } = level.surface;
  const [x, y, across, down] = level.stale;
  const cell = 2 ** depth;
  const [left, top] = [Math.floor(x / cell), Math.floor(y / cell)];
  const [right, bottom] = [Math.ceil((x + across) / cell), Math.ceil((y + down) / cell)];
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.clearRect(left, top, right - left, bottom - top);
  context.drawImage(finer, 0, 0, width / 2, height / 2);
  context.restore();
  level.stale = NOTHING;
}
