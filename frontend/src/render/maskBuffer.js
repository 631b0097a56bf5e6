/**
 * All masks of one kind in one picture as large as the image: opaque, the topmost object's colour
 * at each pixel. A change repaints the box it touched, from the runs of the objects that reach
 * into it. Panning and zooming draw one picture, however many objects there are.
 */
import { boxAround, boxesOverlap, isEmpty } from "../geometry/box.js";
import { bbox, eachSpan } from "../geometry/rle.js";
import { createSurface, toWord } from "./surface.js";

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{readonly rle: Rle, readonly color: string}} Painted */

// A picture beyond this is buffered at half, a third ... of its size: 64 MB of memory at most.
const MAX_PIXELS = 16 * 1024 * 1024;
const MAX_BOXES = 8; // more of them are repainted as the one box around them

export class MaskBuffer {
  #step;
  #surface;
  #pixels;
  #words;

  /** @param {{width: number, height: number}} image */
  constructor({ width, height }) {
    this.#step = Math.ceil(Math.sqrt((width * height) / MAX_PIXELS));
    const columns = Math.ceil(width / this.#step);
    const rows = Math.ceil(height / this.#step);
    this.#surface = createSurface(columns, rows);
    this.#pixels = new ImageData(columns, rows);
    this.#words = new Uint32Array(this.#pixels.data.buffer);
  }

  /**
   * @param {readonly Painted[]} order all objects, the lowest first
   * @param {readonly BoxXywh[]} boxes image_px, where something differs
   */
  repaint(order, boxes) {
    if (boxes.length > MAX_BOXES) {
      this.#repaintBox(order, boxes.reduce(boxAround));
      return;
    }
    for (const box of boxes) this.#repaintBox(order, box);
  }

  /**
   * @param {readonly Painted[]} order
   * @param {BoxXywh} box
   */
  #repaintBox(order, box) {
    const cells = this.#cellsOf(box);
    if (isEmpty(cells)) return;
    const [x, y, width, height] = cells;
    const stride = this.#pixels.width;
    for (let row = y; row < y + height; row += 1) {
      this.#words.fill(0, row * stride + x, row * stride + x + width);
    }
    for (const { rle, color } of order) {
      if (boxesOverlap(bbox(rle), box)) this.#paint(rle, toWord(color), cells);
    }
    this.#surface.context.putImageData(this.#pixels, 0, 0, x, y, width, height);
  }

  /**
   * @param {CanvasRenderingContext2D} context in image_px
   */
  draw(context) {
    const { canvas } = this.#surface;
    context.drawImage(canvas, 0, 0, canvas.width * this.#step, canvas.height * this.#step);
  }

  /**
   * @param {Rle} rle
   * @param {number} word
   * @param {BoxXywh} cells the only ones to be written
   */
  #paint(rle, word, [left, top, width, height]) {
    const words = this.#words;
    const step = this.#step;
    const stride = this.#pixels.width;
    const [right, bottom] = [left + width, top + height];
    eachSpan(rle, (x, first, last) => {
      if (x % step) return;
      const column = x / step;
      if (column < left || column >= right) return;
      const start = Math.max(Math.ceil(first / step), top);
      const end = Math.min(Math.ceil(last / step), bottom);
      for (let at = start * stride + column, row = start; row < end; row += 1, at += stride) {
        words[at] = word;
      }
    });
  }

  /**
   * @param {BoxXywh} box image_px
   * @returns {BoxXywh} cells of the buffer
   */
  #cellsOf([x, y, width, height]) {
    const step = this.#step;
    const left = Math.max(Math.floor(x / step), 0);
    const top = Math.max(Math.floor(y / step), 0);
    const right = Math.min(Math.ceil((x + width) / step), this.#pixels.width);
    const bottom = Math.min(Math.ceil((y + height) / step), this.#pixels.height);
    return [left, top, right - left, bottom - top];
  }
}
