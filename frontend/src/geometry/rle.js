/**
 * Run-length codes of binary masks in COCO's order: down the columns, the first run counts zeros.
 * The compressed text is pycocotools' (cocoapi, maskApi.c: rleToString), always canonical.
 *
 * Inside, a mask is its toggles: the strictly rising positions x * height + y at which the value
 * changes, beginning with 0. They and the box are found once for each Rle value and kept beside it.
 */

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {readonly [height: number, width: number]} SizeHw */

const CHAR_ZERO = 48; // cocoapi writes 6 bits a character, from "0" on
const MORE = 0x20;
const SIGN = 0x10;
const MAX_DIGITS = 7; // 7 x 5 bits hold any 32-bit number

/** @type {WeakMap<Rle, Uint32Array>} */
const decoded = new WeakMap();
/** @type {WeakMap<Rle, BoxXywh>} */
const boxes = new WeakMap();

/** A mask from outside that does not hold together. */
export class InvalidMask extends Error {}

/**
 * Check a COCO run-length code from outside and make it canonical.
 * @param {{size: readonly number[], counts: string | readonly number[]}} segmentation
 * @param {SizeHw} [sizeHw] the image's; default is what the mask says itself
 * @returns {Rle}
 * @throws {InvalidMask} when size, characters or the sum of counts are not what they must be
 */
export function parse(segmentation, sizeHw) {
  const [height, width] = segmentation.size;
  if (!isSide(height) || !isSide(width)) throw new InvalidMask(`mask size is ${height}x${width}`);
  if (sizeHw && (sizeHw[0] !== height || sizeHw[1] !== width)) {
    throw new InvalidMask(`mask is ${height}x${width}, image is ${sizeHw[0]}x${sizeHw[1]}`);
  }
  const { counts } = segmentation;
  const runsOf = typeof counts === "string" ? decodeCounts(counts) : counts;
  return fromRuns(runsOf, [height, width]);
}

/**
 * @param {Rle} rle
 * @returns {number[]} lengths of the runs, zeros first
 */
export function runs(rle) {
  const lengths = [];
  let start = 0;
  for (const position of toggles(rle)) {
    lengths.push(position - start);
    start = position;
  }
  lengths.push(rle.size[0] * rle.size[1] - start);
  return lengths;
}

/**
 * @param {readonly number[]} lengths of the runs, zeros first; empty ones are merged
 * @param {SizeHw} sizeHw
 * @returns {Rle}
 * @throws {InvalidMask} when a length is no count or they do not add up to the image
 */
export function fromRuns(lengths, sizeHw) {
  const total = sizeHw[0] * sizeHw[1];
  /** @type {number[]} */
  const positions = [];
  let position = 0;
  for (const length of lengths) {
    if (!Number.isInteger(length) || length < 0) throw new InvalidMask(`run length is ${length}`);
    position += length;
    if (positions.at(-1) === position) positions.pop();
    else positions.push(position);
  }
  if (position !== total)
    throw new InvalidMask(`runs cover ${position} pixels, image has ${total}`);
  while (positions.at(-1) === total) positions.pop();
  return fromToggles(Uint32Array.from(positions), sizeHw);
}

/**
 * Where the mask's value changes, down the columns.
 * @param {Rle} rle
 * @returns {Uint32Array} not to be written to
 */
export function toggles(rle) {
  let positions = decoded.get(rle);
  if (!positions) {
    positions = togglesOfCounts(rle);
    decoded.set(rle, positions);
  }
  return positions;
}

/**
 * @param {Uint32Array} positions strictly rising, below height * width; the Rle takes them over
 * @param {SizeHw} sizeHw
 * @returns {Rle}
 */
export function fromToggles(positions, sizeHw) {
  const size = /** @type {SizeHw} */ (Object.freeze([sizeHw[0], sizeHw[1]]));
  const rle = Object.freeze({ size, counts: encodeToggles(positions, size[0] * size[1]) });
  decoded.set(rle, positions);
  return rle;
}

/**
 * @param {Uint8Array} bitmap row-major, height x width, not 0 is inside
 * @param {SizeHw} sizeHw
 * @returns {Rle}
 */
export function fromBitmap(bitmap, sizeHw) {
  return fromPatch({ x: 0, y: 0, width: sizeHw[1], height: sizeHw[0], bits: bitmap }, sizeHw);
}

/**
 * @param {Rle} rle
 * @returns {Uint8Array} row-major, height x width, 0 or 1
 */
export function toBitmap(rle) {
  return toPatch(rle, [0, 0, rle.size[1], rle.size[0]]).bits;
}

/**
 * The mask that is set where the patch is and nowhere else.
 * @param {Patch} patch inside of the image
 * @param {SizeHw} sizeHw
 * @returns {Rle}
 */
export function fromPatch({ x, y, width, height, bits }, sizeHw) {
  const [imageHeight, imageWidth] = sizeHw;
  /** @type {number[]} */
  const positions = [];
  let value = 0;
  let end = 0;
  for (let column = 0; column < width; column += 1) {
    const start = (x + column) * imageHeight + y;
    if (value && start !== end) {
      positions.push(end);
      value = 0;
    }
    for (let row = 0, index = column; row < height; row += 1, index += width) {
      const bit = bits[index] ? 1 : 0;
      if (bit !== value) {
        positions.push(start + row);
        value = bit;
      }
    }
    end = start + height;
  }
  if (value && end < imageHeight * imageWidth) positions.push(end);
  return fromToggles(Uint32Array.from(positions), sizeHw);
}

/**
 * A piece of the mask as a bitmap.
 * @param {Rle} rle
 * @param {BoxXywh} [box] whole pixels inside of the image; default is the mask's own box
 * @returns {Patch}
 */
export function toPatch(rle, [x, y, width, height] = bbox(rle)) {
  const bits = new Uint8Array(width * height);
  /** @type {Parameters<typeof eachSpan>[1]} */
  const set = (column, top, bottom) => {
    const last = Math.min(bottom, y + height) - y;
    let index = Math.max(top - y, 0) * width + column - x;
    for (let row = Math.max(top - y, 0); row < last; row += 1, index += width) bits[index] = 1;
  };
  eachSpan(rle, set, x, x + width);
  return { x, y, width, height, bits };
}

/**
 * Visit the mask as vertical spans, left to right and down.
 * @param {Rle} rle
 * @param {(x: number, top: number, bottom: number) => void} visit bottom is the first row below
 * @param {number} [from] the first column
 * @param {number} [to] the first column that is not visited
 */
export function eachSpan(rle, visit, from = 0, to = rle.size[1]) {
  const positions = toggles(rle);
  const [height, width] = rle.size;
  const [first, last] = [from * height, Math.min(to, width) * height];
  for (let index = countUpTo(positions, first) & ~1; index < positions.length; index += 2) {
    const start = Math.max(positions[index] ?? 0, first);
    if (start >= last) return;
    const end = Math.min(positions[index + 1] ?? last, last);
    let column = Math.floor(start / height);
    for (let at = start; at < end; column += 1) {
      const stop = Math.min(end, (column + 1) * height);
      visit(column, at - column * height, stop - column * height);
      at = stop;
    }
  }
}

/**
 * @param {Uint32Array} positions rising
 * @param {number} position
 * @returns {number} how many of them are at it or before it
 */
function countUpTo(positions, position) {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {Rle} rle
 * @returns {number} pixels inside
 */
export function area(rle) {
  const positions = toggles(rle);
  let sum = positions.length % 2 ? rle.size[0] * rle.size[1] : 0;
  for (let index = 0; index < positions.length; index += 1) {
    const position = positions[index] ?? 0;
    sum += index % 2 ? position : -position;
  }
  return sum;
}

/**
 * @param {Rle} rle
 * @returns {BoxXywh} the smallest box of whole pixels, [0, 0, 0, 0] of an empty mask
 */
export function bbox(rle) {
  let box = boxes.get(rle);
  if (!box) {
    box = boxOfSpans(rle);
    boxes.set(rle, box);
  }
  return box;
}

/**
 * Whether a pixel lies inside; what is outside of the image does not.
 * @param {Rle} rle
 * @param {number} x
 * @param {number} y
 * @returns {boolean}
 */
export function contains(rle, x, y) {
  const [height, width] = rle.size;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= width || row >= height) return false;
  return countUpTo(toggles(rle), column * height + row) % 2 === 1;
}

/** @param {Rle} rle @returns {BoxXywh} */
function boxOfSpans(rle) {
  let [left, right, top, bottom] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
  eachSpan(rle, (x, first, last) => {
    left = Math.min(left, x);
    right = x + 1;
    top = Math.min(top, first);
    bottom = Math.max(bottom, last);
  });
  return right === 0 ? [0, 0, 0, 0] : [left, top, right - left, bottom - top];
}

/** @param {Rle} rle */
function togglesOfCounts(rle) {
  const lengths = decodeCounts(rle.counts);
  const positions = new Uint32Array(lengths.length - 1);
  let position = 0;
  for (let index = 0; index < positions.length; index += 1) {
    position += lengths[index] ?? 0;
    positions[index] = position;
  }
  return positions;
}

/**
 * @param {string} counts
 * @returns {number[]}
 */
function decodeCounts(counts) {
  /** @type {number[]} */
  const lengths = [];
  let at = 0;
  while (at < counts.length) {
    let value = 0;
    let digits = 0;
    let code = MORE;
    while (code & MORE) {
      code = counts.charCodeAt(at) - CHAR_ZERO;
      if (!(code >= 0 && code < 64) || digits === MAX_DIGITS) {
        throw new InvalidMask(`counts break off or hold no run length at character ${at}`);
      }
      value |= (code & 0x1f) << (5 * digits);
      at += 1;
      digits += 1;
    }
    if (code & SIGN && digits < MAX_DIGITS) value |= -1 << (5 * digits);
    // From the fourth run on a length is written as the difference to the one two runs before.
    lengths.push(lengths.length > 2 ? value + (lengths.at(-2) ?? 0) : value);
  }
  return lengths;
}

/**
 * @param {Uint32Array} positions
 * @param {number} total
 */
function encodeToggles(positions, total) {
  let text = "";
  let [start, last, beforeLast] = [0, 0, 0];
  for (let index = 0; index <= positions.length; index += 1) {
    const end = index < positions.length ? (positions[index] ?? 0) : total;
    const length = end - start;
    text += encodeNumber(index > 2 ? length - beforeLast : length);
    beforeLast = last;
    last = length;
    start = end;
  }
  return text;
}

/** @param {number} number */
function encodeNumber(number) {
  let text = "";
  let rest = number;
  for (;;) {
    const digit = rest & 0x1f;
    rest >>= 5;
    const more = digit & SIGN ? rest !== -1 : rest !== 0;
    text += String.fromCharCode(CHAR_ZERO + (more ? digit | MORE : digit));
    if (!more) return text;
  }
}

/**
 * @param {number | undefined} side
 * @returns {side is number}
 */
function isSide(side) {
  return side !== undefined && Number.isInteger(side) && side > 0;
}
