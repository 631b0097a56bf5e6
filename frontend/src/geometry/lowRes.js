/**
 * SAM's frame of reference, the same as in inference/segmenters/sam_frame.py: the model sees the
 * image scaled so that its long side is the model's side, in the top left corner of a square; its
 * low-resolution logits cover that square. They are drawn out bilinearly to the square and from
 * there, cut to the image's part, to the image.
 *
 * Both steps are linear along each axis and keep order, so between two samples of one side of the
 * threshold everything lies on that side. A mask is therefore found column by column from the few
 * places where the sign changes, straight into runs, without a bitmap.
 */
import { area, fromToggles } from "./rle.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {readonly [height: number, width: number]} SizeHw */
/**
 * @typedef {Object} Frame
 * @property {SizeHw} sizeHw of the image
 * @property {number} side of the model's square, in its pixels
 * @property {SizeHw} scaledHw of the image in the square
 */
/**
 * Low-resolution logits, low x low, row-major.
 * @typedef {{readonly low: Float32Array, readonly side: number}} LowRes
 */
/** @typedef {{readonly at: Int32Array, readonly share: Float64Array}} Taps */

export const LOGIT_THRESHOLD = 0;
const STABILITY_OFFSET = 1; // in logits, as SamAutomaticMaskGenerator has it

/**
 * @param {SizeHw} sizeHw
 * @param {number} side
 * @returns {Frame}
 */
export function frameOf(sizeHw, side) {
  const scale = side / Math.max(...sizeHw);
  const scaledHw = /** @type {const} */ ([
    Math.max(1, Math.floor(sizeHw[0] * scale + 0.5)),
    Math.max(1, Math.floor(sizeHw[1] * scale + 0.5)),
  ]);
  return Object.freeze({ sizeHw, side, scaledHw });
}

/**
 * A point of the image in pixels of the model.
 * @param {Frame} frame
 * @param {Point} point image_px
 * @returns {Point}
 */
export function toModel({ sizeHw: [height, width], scaledHw: [newHeight, newWidth] }, { x, y }) {
  return { x: x * (newWidth / width), y: y * (newHeight / height) };
}

/**
 * The pixels of the image whose logit lies above the threshold.
 * @param {LowRes} logits
 * @param {Frame} frame
 * @param {number} [threshold]
 * @returns {Rle}
 */
export function maskAbove(logits, frame, threshold = LOGIT_THRESHOLD) {
  const [height, width] = frame.sizeHw;
  const walk = new ColumnWalk(logits, frame, threshold);
  /** @type {number[]} */
  const positions = [];
  for (let x = 0; x < width; x += 1) walk.column(x, positions);
  return fromToggles(Uint32Array.from(withoutTouching(positions, height * width)), frame.sizeHw);
}

/**
 * How little a mask changes when its threshold moves: the IoU of the higher and the lower one. Of a
 * large image it is taken in the model's square, where it is nearly the same and costs a
 * fraction.
 * @param {LowRes} logits
 * @param {Frame} frame
 */
export function stability(logits, frame) {
  const isLarger = frame.sizeHw[0] > frame.scaledHw[0];
  const seen = isLarger ? { ...frame, sizeHw: frame.scaledHw } : frame;
  const low = area(maskAbove(logits, seen, LOGIT_THRESHOLD - STABILITY_OFFSET));
  if (low === 0) return 0;
  return area(maskAbove(logits, seen, LOGIT_THRESHOLD + STABILITY_OFFSET)) / low;
}

/**
 * The logit of one pixel of the image.
 * @param {LowRes} logits
 * @param {Frame} frame
 * @param {number} x a column of the image
 * @param {number} y a row
 */
export function logitAt({ low, side }, frame, x, y) {
  const [rows, columns] = axesOf(frame, side);
  const across = combined(columns, x);
  let sum = 0;
  for (const [row, down] of combined(rows, y)) {
    for (const [column, share] of across) sum += down * share * (low[row * side + column] ?? 0);
  }
  return sum;
}

/**
 * From low-resolution logits to the square, and from its part to the image; both axes.
 * @param {Frame} frame
 * @param {number} lowSide
 */
function axesOf({ side, scaledHw, sizeHw }, lowSide) {
  const inner = linearTaps(lowSide, side);
  return /** @type {const} */ ([
    { inner, outer: linearTaps(scaledHw[0], sizeHw[0]) },
    { inner, outer: linearTaps(scaledHw[1], sizeHw[1]) },
  ]);
}

/**
 * Which samples of the low resolution make one pixel of the image, and with which weights.
 * @param {{inner: Taps, outer: Taps}} axis
 * @param {number} index along the image
 * @returns {[number, number][]}
 */
function combined({ inner, outer }, index) {
  const first = outer.at[index] ?? 0;
  const share = outer.share[index] ?? 0;
  /** @type {Map<number, number>} */
  const weights = new Map();
  for (const [middle, part] of /** @type {const} */ ([
    [first, 1 - share],
    [first + 1, share],
  ])) {
    if (part === 0) continue;
    const at = inner.at[middle] ?? 0;
    const inside = inner.share[middle] ?? 0;
    weights.set(at, (weights.get(at) ?? 0) + part * (1 - inside));
    if (inside > 0) weights.set(at + 1, (weights.get(at + 1) ?? 0) + part * inside);
  }
  return [...weights];
}

/**
 * Bilinear resizing along one axis: sample i of the result is (1 - share[i]) * source[at[i]] +
 * share[i] * source[at[i] + 1], pixels' middles over each other, as OpenCV's INTER_LINEAR.
 * @param {number} from
 * @param {number} to
 * @returns {Taps}
 */
function linearTaps(from, to) {
  const at = new Int32Array(to);
  const share = new Float64Array(to);
  const scale = from / to;
  for (let index = 0; index < to; index += 1) {
    const place = Math.min(Math.max((index + 0.5) * scale - 0.5, 0), from - 1);
    at[index] = Math.floor(place);
    share[index] = place - Math.floor(place);
  }
  return { at, share };
}

/** Finds the sign changes of one column of the image after the other. */
class ColumnWalk {
  #low;
  #lowSide;
  #threshold;
  #rows;
  #columns;
  #height;
  /** Whether a column of the low resolution rises above the threshold anywhere. */
  #isLive;
  /** The column of the image at the low resolution. */
  #values;
  /** The column at the square's resolution: its logits less the threshold. */
  #middle;
  /** First row of the image that is made of square's rows i and i + 1. */
  #firstRow;

  /**
   * @param {LowRes} logits
   * @param {Frame} frame
   * @param {number} threshold
   */
  constructor({ low, side }, frame, threshold) {
    this.#low = low;
    this.#lowSide = side;
    this.#threshold = threshold;
    [this.#rows, this.#columns] = axesOf(frame, side);
    this.#height = frame.sizeHw[0];
    this.#isLive = liveColumns(low, side, threshold);
    this.#values = new Float64Array(side + 1);
    this.#middle = new Float64Array(frame.scaledHw[0] + 1);
    this.#firstRow = firstRows(this.#rows.outer, frame.scaledHw[0]);
  }

  /**
   * @param {number} x
   * @param {number[]} positions of toggles, to be appended to
   */
  column(x, positions) {
    const taps = combined(this.#columns, x);
    if (!taps.some(([column]) => this.#isLive[column])) return;
    this.#gather(taps);
    this.#drawOut();
    this.#cross(x * this.#height, positions);
  }

  /** @param {readonly [number, number][]} taps */
  #gather(taps) {
    const values = this.#values;
    values.fill(-this.#threshold, 0, this.#lowSide);
    for (const [column, share] of taps) {
      for (let row = 0, at = column; row < this.#lowSide; row += 1, at += this.#lowSide) {
        values[row] = (values[row] ?? 0) + share * (this.#low[at] ?? 0);
      }
    }
    values[this.#lowSide] = values[this.#lowSide - 1] ?? 0;
  }

  #drawOut() {
    const { at, share } = this.#rows.inner;
    const [values, middle] = [this.#values, this.#middle];
    const last = middle.length - 1;
    for (let index = 0; index < last; index += 1) {
      const row = at[index] ?? 0;
      const value = values[row] ?? 0;
      middle[index] = value + (share[index] ?? 0) * ((values[row + 1] ?? 0) - value);
    }
    middle[last] = middle[last - 1] ?? 0;
  }

  /**
   * @param {number} start position of the column's top
   * @param {number[]} positions
   */
  #cross(start, positions) {
    const { share } = this.#rows.outer;
    const middle = this.#middle;
    let inside = false;
    for (let index = 0; index < middle.length - 1; index += 1) {
      const top = this.#firstRow[index] ?? 0;
      const bottom = this.#firstRow[index + 1] ?? 0;
      if (top === bottom) continue;
      const upper = middle[index] ?? 0;
      const lower = middle[index + 1] ?? 0;
      if (upper > 0 === lower > 0) {
        if (upper > 0 !== inside) positions.push(start + top);
        inside = upper > 0;
        continue;
      }
      for (let row = top; row < bottom; row += 1) {
        const now = upper + (share[row] ?? 0) * (lower - upper) > 0;
        if (now !== inside) positions.push(start + row);
        inside = now;
      }
    }
    if (inside) positions.push(start + this.#height);
  }
}

/**
 * @param {Float32Array} low
 * @param {number} side
 * @param {number} threshold
 */
function liveColumns(low, side, threshold) {
  const isLive = new Uint8Array(side);
  for (let index = 0; index < low.length; index += 1) {
    if ((low[index] ?? 0) > threshold) isLive[index % side] = 1;
  }
  return isLive;
}

/**
 * @param {Taps} outer
 * @param {number} rows of the square
 */
function firstRows({ at }, rows) {
  const first = new Int32Array(rows + 1).fill(at.length);
  for (let row = at.length - 1; row >= 0; row -= 1) first[at[row] ?? 0] = row;
  for (let index = rows - 1; index >= 0; index -= 1) {
    first[index] = Math.min(first[index] ?? 0, first[index + 1] ?? 0);
  }
  return first;
}

/**
 * A run that ends where the next column's begins is one run; one that reaches the end has no end.
 * @param {readonly number[]} positions
 * @param {number} total
 */
function withoutTouching(positions, total) {
  /** @type {number[]} */
  const kept = [];
  for (const position of positions) {
    if (kept.at(-1) === position) kept.pop();
    else kept.push(position);
  }
  if (kept.at(-1) === total) kept.pop();
  return kept;
}
