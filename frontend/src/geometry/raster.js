/**
 * From strokes to pixels. A pixel belongs to a stroke when its middle lies within the brush's
 * radius of the line the brush was led along; the pixel under the pointer always does.
 * A stroke's bitmap is as large as the stroke, not as the image.
 */

import { fromToggles } from "./rle.js";

/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../types.js").StrokeTile} StrokeTile */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {{readonly width: number, readonly height: number}} Size */
/** @typedef {readonly [left: number, right: number]} Span */

const TILE = 256; // image_px; a frame of drawing touches a few of them
const SLACK = 64; // pixels of room on each side, so that a growing stroke is seldom copied

/** A brush led over an image; what it covers is kept by those who extend it. */
class Sweep {
  #radius;
  #shape;

  /** @param {{size: number, shape: "disc" | "square"}} brush size: diameter in image_px */
  constructor({ size, shape }) {
    this.#radius = size / 2;
    this.#shape = shape;
  }

  /**
   * Make room for a box; it may reach out of the image.
   * @param {number} _x0
   * @param {number} _y0
   * @param {number} _x1
   * @param {number} _y1
   */
  reach(_x0, _y0, _x1, _y1) {}

  /**
   * Cover a part of a row; it may reach out of the image.
   * @param {number} _row
   * @param {number} _first column
   * @param {number} _last column
   */
  cover(_row, _first, _last) {
    throw new Error("a brush needs something to paint on");
  }

  /**
   * Lead the brush along a straight line; from and to may be the same point.
   * @param {Point} from image_px
   * @param {Point} to image_px
   */
  line(from, to) {
    const radius = this.#radius;
    const top = Math.floor(Math.min(from.y, to.y) - radius);
    const bottom = Math.ceil(Math.max(from.y, to.y) + radius);
    const left = Math.floor(Math.min(from.x, to.x) - radius);
    const right = Math.ceil(Math.max(from.x, to.x) + radius);
    this.reach(left, top, right, bottom);
    const spanAt = this.#shape === "disc" ? capsuleSpan : sweptSquareSpan;
    for (let row = top; row < bottom; row += 1) {
      const span = spanAt(from, to, radius, row + 0.5);
      if (span) this.cover(row, Math.ceil(span[0] - 0.5), Math.floor(span[1] - 0.5));
    }
    this.cover(Math.floor(to.y), Math.floor(to.x), Math.floor(to.x));
  }

  /**
   * Lead the brush along while its size changes, by a pixel at most from piece to piece.
   * @param {Point} from image_px
   * @param {Point} to image_px
   * @param {number} size diameter at the end
   */
  taper(from, to, size) {
    const start = this.#radius;
    const steps = Math.max(Math.ceil(Math.abs(size / 2 - start) * 2), 1);
    const at = (/** @type {number} */ t) => ({
      x: from.x + t * (to.x - from.x),
      y: from.y + t * (to.y - from.y),
    });
    for (let step = 1; step <= steps; step += 1) {
      this.#radius = start + ((size / 2 - start) * step) / steps;
      this.line(at((step - 1) / steps), at(step / steps));
    }
  }
}

/** A stroke as one bitmap around it. */
export class Stroke extends Sweep {
  /** @type {Patch} */
  #patch = { x: 0, y: 0, width: 0, height: 0, bits: new Uint8Array(0) };
  #image;

  /**
   * @param {Size} image
   * @param {{size: number, shape: "disc" | "square"}} brush size: diameter in image_px
   */
  constructor(image, brush) {
    super(brush);
    this.#image = image;
  }

  /** @returns {Patch} what was drawn so far; later lines go on writing into it */
  get patch() {
    return this.#patch;
  }

  /**
   * @override
   * @param {number} row
   * @param {number} first column
   * @param {number} last column
   */
  cover(row, first, last) {
    const { x, y, width, height, bits } = this.#patch;
    if (row < y || row >= y + height) return;
    const start = Math.max(first - x, 0);
    const end = Math.min(last - x + 1, width);
    if (start < end) bits.fill(1, (row - y) * width + start, (row - y) * width + end);
  }

  /**
   * @override
   * Make the patch hold a box, cut to the image.
   * @param {number} x0
   * @param {number} y0
   * @param {number} x1
   * @param {number} y1
   */
  reach(x0, y0, x1, y1) {
    const old = this.#patch;
    const isNew = old.bits.length === 0;
    const inside =
      !isNew &&
      Math.max(x0, 0) >= old.x &&
      Math.max(y0, 0) >= old.y &&
      Math.min(x1, this.#image.width) <= old.x + old.width &&
      Math.min(y1, this.#image.height) <= old.y + old.height;
    if (inside) return;
    const left = Math.max(Math.min(x0 - SLACK, isNew ? x0 : old.x), 0);
    const top = Math.max(Math.min(y0 - SLACK, isNew ? y0 : old.y), 0);
    const right = Math.min(Math.max(x1 + SLACK, old.x + old.width), this.#image.width);
    const bottom = Math.min(Math.max(y1 + SLACK, old.y + old.height), this.#image.height);
    if (right <= left || bottom <= top) return;
    this.#patch = grown(old, { x: left, y: top, width: right - left, height: bottom - top });
  }
}

/**
 * A stroke as small bitmaps, only where it went: of a stroke across a large image none is as large
 * as the image, and a longer stroke costs no more to go on with than a short one.
 */
export class TiledStroke extends Sweep {
  /** @type {Map<number, StrokeTile>} */
  #tiles = new Map();
  #image;
  #across;

  /**
   * @param {Size} image
   * @param {{size: number, shape: "disc" | "square"}} brush size: diameter in image_px
   */
  constructor(image, brush) {
    super(brush);
    this.#image = image;
    this.#across = Math.ceil(image.width / TILE);
  }

  /** @returns {readonly StrokeTile[]} where anything was drawn; later lines write into them */
  get tiles() {
    return [...this.#tiles.values()];
  }

  /**
   * @override
   * @param {number} row
   * @param {number} first column
   * @param {number} last column
   */
  cover(row, first, last) {
    if (row < 0 || row >= this.#image.height) return;
    const [start, end] = [Math.max(first, 0), Math.min(last + 1, this.#image.width)];
    for (let at = start; at < end; ) {
      const tile = this.#tileAt(at, row);
      const stop = Math.min(end, tile.x + tile.width);
      const line = (row - tile.y) * tile.width - tile.x;
      tile.bits.fill(1, line + at, line + stop);
      tile.version += 1;
      at = stop;
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #tileAt(x, y) {
    const [column, row] = [Math.floor(x / TILE), Math.floor(y / TILE)];
    const key = row * this.#across + column;
    let tile = this.#tiles.get(key);
    if (!tile) {
      const width = Math.min(TILE, this.#image.width - column * TILE);
      const height = Math.min(TILE, this.#image.height - row * TILE);
      const bits = new Uint8Array(width * height);
      tile = { x: column * TILE, y: row * TILE, width, height, bits, version: 0 };
      this.#tiles.set(key, tile);
    }
    return tile;
  }
}

/**
 * @param {readonly Patch[]} tiles that share no pixel, inside of the image
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {import("../types.js").Rle} set where any of the tiles is
 */
export function fromTiles(tiles, sizeHw) {
  const [imageHeight, imageWidth] = sizeHw;
  /** @type {(readonly [start: number, end: number])[]} */
  const runs = [];
  for (const { x, y, width, height, bits } of tiles) {
    for (let column = 0; column < width; column += 1) {
      const top = (x + column) * imageHeight + y;
      let start = -1;
      for (let row = 0, index = column; row < height; row += 1, index += width) {
        if (bits[index] && start < 0) start = top + row;
        if (bits[index] || start < 0) continue;
        runs.push([start, top + row]);
        start = -1;
      }
      if (start >= 0) runs.push([start, top + height]);
    }
  }
  runs.sort((a, b) => a[0] - b[0]);
  /** @type {number[]} */
  const positions = [];
  for (const [start, end] of runs) {
    if (positions.at(-1) === start) positions.pop();
    else positions.push(start);
    positions.push(end);
  }
  if (positions.at(-1) === imageHeight * imageWidth) positions.pop();
  return fromToggles(Uint32Array.from(positions), sizeHw);
}

/**
 * The filled box as a patch, cut to the image; a pixel whose middle lies inside belongs to it.
 * @param {import("../types.js").BoxXyxy} box image_px
 * @param {Size} image
 * @returns {Patch}
 */
export function boxPatch([x0, y0, x1, y1], image) {
  const x = Math.max(Math.ceil(x0 - 0.5), 0);
  const y = Math.max(Math.ceil(y0 - 0.5), 0);
  const width = Math.max(Math.min(Math.ceil(x1 - 0.5), image.width) - x, 0);
  const height = Math.max(Math.min(Math.ceil(y1 - 0.5), image.height) - y, 0);
  return { x, y, width, height, bits: new Uint8Array(width * height).fill(1) };
}

/**
 * @param {Patch} patch
 * @param {{x: number, y: number, width: number, height: number}} box that holds the patch
 * @returns {Patch}
 */
function grown(patch, box) {
  const bits = new Uint8Array(box.width * box.height);
  for (let row = 0; row < patch.height; row += 1) {
    const from = patch.bits.subarray(row * patch.width, (row + 1) * patch.width);
    bits.set(from, (row + patch.y - box.y) * box.width + patch.x - box.x);
  }
  return { ...box, bits };
}

/**
 * Where a row cuts the disc led from a to b: a convex shape, so one span, from the outermost of the
 * two end discs and of the two sides of the band between them.
 * @param {Point} a
 * @param {Point} b
 * @param {number} radius
 * @param {number} y
 * @returns {Span | null}
 */
function capsuleSpan(a, b, radius, y) {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  for (const end of [a, b]) {
    const square = radius * radius - (y - end.y) ** 2;
    if (square < 0) continue;
    left = Math.min(left, end.x - Math.sqrt(square));
    right = Math.max(right, end.x + Math.sqrt(square));
  }
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  if (b.y !== a.y) {
    for (const side of [-radius, radius]) {
      const offset = { x: (-side * (b.y - a.y)) / length, y: (side * (b.x - a.x)) / length };
      const along = (y - a.y - offset.y) / (b.y - a.y);
      if (along < 0 || along > 1) continue;
      const x = a.x + offset.x + along * (b.x - a.x);
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  return left <= right ? [left, right] : null;
}

/**
 * Where a row cuts the square led from a to b.
 * @param {Point} a
 * @param {Point} b
 * @param {number} radius half the side
 * @param {number} y
 * @returns {Span | null}
 */
function sweptSquareSpan(a, b, radius, y) {
  const dy = b.y - a.y;
  if (dy === 0 && Math.abs(y - a.y) > radius) return null;
  const ends = dy === 0 ? [0, 1] : [(y - radius - a.y) / dy, (y + radius - a.y) / dy];
  const start = Math.max(Math.min(...ends), 0);
  const stop = Math.min(Math.max(...ends), 1);
  if (start > stop) return null;
  const xs = [a.x + start * (b.x - a.x), a.x + stop * (b.x - a.x)];
  return [Math.min(...xs) - radius, Math.max(...xs) + radius];
}
