/**
 * All masks of one kind in one picture as large as the image, or of a large image as what is seen
 * of it: opaque, the topmost object's colour at each pixel. A change repaints the box it touched,
 * from the runs of the objects that reach into it. Panning and zooming draw one picture, however
 * many objects there are.
 */
import { boxAround, boxesOverlap, isEmpty } from "../geometry/box.js";
import { bbox, eachSpan } from "../geometry/rle.js";
import { Levels } from "./levels.js";
import { createSurface, toWord } from "./surface.js";

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{readonly rle: Rle, readonly color: string}} Painted */

// A picture beyond this is held only as far as it is seen, as fine as it is seen.
const MAX_PIXELS = 16 * 1024 * 1024;
const MARGIN = 0.25; // of what is seen, on each side, so that a small pan needs no new window
const STRIP = 32; // columns painted together: they stay in the processor's cache
const MAX_BOXES = 8; // more of them are repainted as the one box around them

export class MaskBuffer {
  #image;
  #isWhole;
  /** @type {BoxXywh} image_px, whole cells; what the surface holds */
  #window = [0, 0, 0, 0];
  #step = 1;
  #columns = 1;
  #rows = 1;
  /** @type {import("./surface.js").Surface | null} made when there is a mask to paint */
  #surface = null;
  #levels = new Levels({ width: 1, height: 1 });

  /** @param {{width: number, height: number}} image */
  constructor(image) {
    this.#image = image;
    this.#isWhole = image.width * image.height <= MAX_PIXELS;
    if (this.#isWhole) this.#hold([0, 0, image.width, image.height], 1);
  }

  /**
   * @param {BoxXywh} sight image_px, what is seen
   * @param {number} scale device pixels in a pixel of the image
   * @returns {boolean} whether the buffer is another and empty one now
   */
  aim(sight, scale) {
    if (this.#isWhole) return false;
    const step = Math.max(2 ** Math.round(Math.log2(1 / scale)), 1);
    const [width, height] = [this.#image.width, this.#image.height];
    if (step === this.#step && holds(this.#window, cut(sight, width, height))) return false;
    const [x, y, across, down] = sight;
    const wide = cut(
      [x - across * MARGIN, y - down * MARGIN, across * (1 + 2 * MARGIN), down * (1 + 2 * MARGIN)],
      width,
      height,
    );
    this.#hold(wide, step);
    return true;
  }

  /**
   * @param {BoxXywh} box image_px
   * @param {number} step image pixels in a cell
   */
  #hold([x, y, width, height], step) {
    const [left, top] = [Math.floor(x / step) * step, Math.floor(y / step) * step];
    const columns = Math.max(Math.ceil((x + width - left) / step), 1);
    const rows = Math.max(Math.ceil((y + height - top) / step), 1);
    this.#step = step;
    this.#columns = columns;
    this.#rows = rows;
    this.#window = [left, top, columns * step, rows * step];
    this.#surface = null;
    this.#levels = new Levels({ width: columns, height: rows });
  }

  /** @param {readonly Painted[]} order all objects, the lowest first */
  repaintAll(order) {
    this.#repaintBox(order, this.#window);
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
   * Runs go down the columns, a picture's rows across: strips of columns are painted as the runs
   * lie, each run at one stroke, and turned into rows once.
   * @param {readonly Painted[]} order
   * @param {BoxXywh} box
   */
  #repaintBox(order, box) {
    const cells = this.#cellsOf(box);
    if (isEmpty(cells)) return;
    const [x, y, width, height] = cells;
    const touched = order.filter(({ rle }) => boxesOverlap(bbox(rle), box));
    if (touched.length === 0 && !this.#surface) return;
    this.#surface ??= createSurface(this.#columns, this.#rows);
    const across = Math.min(width, STRIP);
    const columns = new Uint32Array(across * height);
    const pixels = new ImageData(across, height);
    for (let left = x; left < x + width; left += across) {
      const strip = Math.min(across, x + width - left);
      columns.fill(0);
      for (const { rle, color } of touched)
        this.#paint(rle, toWord(color), columns, [left, y, strip, height]);
      turn(columns, pixels);
      this.#surface.context.putImageData(pixels, left, y, 0, 0, strip, height);
    }
    this.#levels.touch(cells);
  }

  /**
   * @param {CanvasRenderingContext2D} context in image_px
   * @param {number} scale device pixels in a pixel of the image
   */
  draw(context, scale) {
    if (!this.#surface) return;
    this.#levels.draw(context, this.#surface.canvas, this.#window, scale * this.#step);
  }

  /**
   * @param {Rle} rle
   * @param {number} word
   * @param {Uint32Array} columns of the strip, one after another
   * @param {BoxXywh} strip cells
   */
  #paint(rle, word, columns, [left, top, width, height]) {
    const step = this.#step;
    const [fromX, fromY] = this.#window;
    const [first, last] = [fromX + left * step, fromX + (left + width) * step];
    /** @type {Parameters<typeof eachSpan>[1]} */
    const fill = (x, above, below) => {
      if (x % step) return;
      const start = Math.max(Math.ceil((above - fromY) / step) - top, 0);
      const end = Math.min(Math.ceil((below - fromY) / step) - top, height);
      const column = ((x - first) / step) * height;
      if (start < end) columns.fill(word, column + start, column + end);
    };
    eachSpan(rle, fill, first, last);
  }

  /**
   * @param {BoxXywh} box image_px
   * @returns {BoxXywh} cells of the buffer
   */
  #cellsOf([x, y, width, height]) {
    const step = this.#step;
    const [fromX, fromY] = this.#window;
    const left = Math.max(Math.floor((x - fromX) / step), 0);
    const top = Math.max(Math.floor((y - fromY) / step), 0);
    const right = Math.min(Math.ceil((x + width - fromX) / step), this.#columns);
    const bottom = Math.min(Math.ceil((y + height - fromY) / step), this.#rows);
    return [left, top, right - left, bottom - top];
  }
}

/**
 * @param {Uint32Array} columns one after another
 * @param {ImageData} pixels as high, and at least as wide
 */
function turn(columns, { width, height, data }) {
  const words = new Uint32Array(data.buffer);
  for (let row = 0; row < height; row += 1) {
    let at = row * width;
    for (let from = row; from < columns.length; from += height) {
      words[at] = columns[from] ?? 0;
      at += 1;
    }
  }
}

/**
 * @param {BoxXywh} box
 * @param {number} width of the image
 * @param {number} height
 * @returns {BoxXywh} the part inside of the image
 */
function cut([x, y, across, down], width, height) {
  const [left, top] = [Math.max(Math.floor(x), 0), Math.max(Math.floor(y), 0)];
  const right = Math.min(Math.ceil(x + across), width);
  const bottom = Math.min(Math.ceil(y + down), height);
  return [left, top, Math.max(right - left, 0), Math.max(bottom - top, 0)];
}

/**
 * @param {BoxXywh} outer
 * @param {BoxXywh} inner
 */
function holds([x, y, width, height], [left, top, across, down]) {
  return left >= x && top >= y && left + across <= x + width && top + down <= y + height;
}
