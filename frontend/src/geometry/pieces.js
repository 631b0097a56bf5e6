/** A frame divided into numbered pieces, and masks made of some of them. */
import { maskOfCells } from "./frame.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../types.js").Rle} Rle */
/**
 * @typedef {Object} Pieces
 * @property {Frame} frame
 * @property {Int32Array} labels a piece's number for each cell
 * @property {Int32Array} cells by piece
 * @property {Int32Array} starts of each piece in `cells`, one more at the end
 */

/**
 * @param {Frame} frame
 * @param {Int32Array} labels 0 ... count - 1
 * @param {number} count
 * @returns {Pieces}
 */
export function piecesOf(frame, labels, count) {
  const starts = new Int32Array(count + 1);
  for (const label of labels) starts[label + 1] = (starts[label + 1] ?? 0) + 1;
  for (let label = 0; label < count; label += 1) {
    starts[label + 1] = (starts[label + 1] ?? 0) + (starts[label] ?? 0);
  }
  const cells = new Int32Array(labels.length);
  const next = starts.slice();
  labels.forEach((label, at) => {
    const place = next[label] ?? 0;
    cells[place] = at;
    next[label] = place + 1;
  });
  return { frame, labels, cells, starts };
}

/**
 * @param {Pieces} pieces
 * @param {Iterable<number>} numbers
 * @param {readonly [height: number, width: number]} sizeHw
 * @returns {Rle}
 */
export function maskOfPieces({ frame, cells, starts }, numbers, sizeHw) {
  const { width } = frame;
  const runs = [...numbers].map((number) =>
    cells.subarray(starts[number] ?? 0, starts[number + 1] ?? 0),
  );
  let [left, right, top, bottom] = [frame.width, -1, frame.height, -1];
  for (const run of runs) {
    for (const cell of run) {
      const [x, y] = [cell % width, Math.floor(cell / width)];
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  const box = { width: Math.max(right - left + 1, 0), height: Math.max(bottom - top + 1, 0) };
  const bits = new Uint8Array(box.width * box.height);
  for (const run of runs) {
    for (const cell of run) {
      bits[(Math.floor(cell / width) - top) * box.width + (cell % width) - left] = 1;
    }
  }
  const { step } = frame;
  const part = { x: frame.x + left * step, y: frame.y + top * step, ...box, step };
  return maskOfCells(part, bits, sizeHw);
}

/**
 * @param {Int32Array} labels row-major
 * @param {number} width
 * @returns {Uint8Array} 1 where the piece to the right or below is another one
 */
export function bordersOf(labels, width) {
  const borders = new Uint8Array(labels.length);
  for (let at = 0; at < labels.length; at += 1) {
    const isLast = at % width === width - 1;
    const right = isLast ? labels[at] : labels[at + 1];
    const below = at + width < labels.length ? labels[at + width] : labels[at];
    borders[at] = Number(right !== labels[at] || below !== labels[at]);
  }
  return borders;
}
