/**
 * Superpixels: the picture in pieces of about the same size that end where colours do (SLIC, Achanta
 * et al., 2012). Differs in the end only: what does not hang together with its piece goes to the
 * neighbour that it touches first.
 */
import { toLab } from "./lab.js";

/** @typedef {{readonly width: number, readonly height: number}} Size */
/** @typedef {[Float32Array, Float32Array, Float32Array]} Planes */
/** @typedef {{l: Float32Array, a: Float32Array, b: Float32Array, x: Float32Array, y: Float32Array}} Centers */

const ROUNDS = 5; // centers hardly move after
const COMPACTNESS = 12; // Lab units that a whole side of a piece weighs
const LEAST_SHARE = 0.25; // of a piece's area; smaller ones join a neighbour
const MOST_SHARE = 2; // a neighbour that large takes no more, or noise would make all one piece

/**
 * @param {Uint8ClampedArray} rgba row-major, 4 bytes a cell
 * @param {Size} size
 * @param {number} side of a piece, in cells
 * @returns {{labels: Int32Array, count: number}} a piece's number for each cell, 0 ... count - 1
 */
export function superpixels(rgba, size, side) {
  const planes = toLab(rgba);
  const centers = gridOf(planes, size, side);
  const labels = new Int32Array(size.width * size.height);
  for (let round = 0; round < ROUNDS; round += 1) {
    assign(planes, size, centers, side, labels);
    recenter(planes, size, centers, labels);
  }
  return connected(labels, size, side * side);
}

/**
 * @param {Planes} planes
 * @param {Size} size
 * @param {number} side
 * @returns {Centers}
 */
function gridOf([l, a, b], { width, height }, side) {
  const columns = Math.max(Math.round(width / side), 1);
  const rows = Math.max(Math.round(height / side), 1);
  const count = columns * rows;
  const made = () => new Float32Array(count);
  const centers = { l: made(), a: made(), b: made(), x: made(), y: made() };
  for (let at = 0; at < count; at += 1) {
    const x = Math.min(Math.floor((((at % columns) + 0.5) * width) / columns), width - 1);
    const y = Math.min(Math.floor(((Math.floor(at / columns) + 0.5) * height) / rows), height - 1);
    const cell = y * width + x;
    centers.x[at] = x;
    centers.y[at] = y;
    centers.l[at] = l[cell] ?? 0;
    centers.a[at] = a[cell] ?? 0;
    centers.b[at] = b[cell] ?? 0;
  }
  return centers;
}

/**
 * Each cell to the center nearest by colour and place, of those within two sides.
 * @param {Planes} planes
 * @param {Size} size
 * @param {Centers} centers
 * @param {number} side
 * @param {Int32Array} labels is written to
 */
function assign([l, a, b], { width, height }, centers, side, labels) {
  const nearest = new Float32Array(labels.length).fill(Number.POSITIVE_INFINITY);
  const weight = (COMPACTNESS / side) ** 2;
  const reach = Math.ceil(side * 1.5);
  for (let center = 0; center < centers.x.length; center += 1) {
    const [cx, cy] = [centers.x[center] ?? 0, centers.y[center] ?? 0];
    const [cl, ca, cb] = [centers.l[center] ?? 0, centers.a[center] ?? 0, centers.b[center] ?? 0];
    const left = Math.max(Math.floor(cx) - reach, 0);
    const right = Math.min(Math.floor(cx) + reach, width - 1);
    const bottom = Math.min(Math.floor(cy) + reach, height - 1);
    for (let y = Math.max(Math.floor(cy) - reach, 0); y <= bottom; y += 1) {
      const rowWeight = (y - cy) * (y - cy) * weight;
      for (let at = y * width + left, x = left; x <= right; x += 1, at += 1) {
        const dl = (l[at] ?? 0) - cl;
        const da = (a[at] ?? 0) - ca;
        const db = (b[at] ?? 0) - cb;
        const away = dl * dl + da * da + db * db + (x - cx) * (x - cx) * weight + rowWeight;
        if (away >= (nearest[at] ?? 0)) continue;
        nearest[at] = away;
        labels[at] = center;
      }
    }
  }
}

/**
 * @param {Planes} planes
 * @param {Size} size
 * @param {Centers} centers is written to
 * @param {Int32Array} labels
 */
function recenter([l, a, b], { width }, centers, labels) {
  const counts = new Float32Array(centers.x.length);
  const sums = [0, 1, 2, 3, 4].map(() => new Float64Array(counts.length));
  const [sumL, sumA, sumB, sumX, sumY] = sums;
  if (!sumL || !sumA || !sumB || !sumX || !sumY) throw new Error("five sums were made");
  for (let at = 0; at < labels.length; at += 1) {
    const label = labels[at] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
    sumL[label] = (sumL[label] ?? 0) + (l[at] ?? 0);
    sumA[label] = (sumA[label] ?? 0) + (a[at] ?? 0);
    sumB[label] = (sumB[label] ?? 0) + (b[at] ?? 0);
    sumX[label] = (sumX[label] ?? 0) + (at % width);
    sumY[label] = (sumY[label] ?? 0) + Math.floor(at / width);
  }
  for (let label = 0; label < counts.length; label += 1) {
    const count = counts[label] ?? 0;
    if (count === 0) continue; // nobody chose it; it stays where it was
    centers.l[label] = (sumL[label] ?? 0) / count;
    centers.a[label] = (sumA[label] ?? 0) / count;
    centers.b[label] = (sumB[label] ?? 0) / count;
    centers.x[label] = (sumX[label] ?? 0) / count;
    centers.y[label] = (sumY[label] ?? 0) / count;
  }
}

/**
 * Pieces that hang together by their sides, numbered anew.
 * @param {Int32Array} labels
 * @param {Size} size
 * @param {number} usual cells of a piece
 */
function connected(labels, { width, height }, usual) {
  /** @type {number[]} cells of each piece */
  const sizes = [];
  const numbers = new Int32Array(labels.length).fill(-1);
  const queue = new Int32Array(labels.length);
  let count = 0;
  for (let start = 0; start < labels.length; start += 1) {
    if (numbers[start] !== -1) continue;
    const beside = neighbourNumber(numbers, start, width);
    let [head, tail] = [0, 1];
    queue[0] = start;
    numbers[start] = count;
    while (head < tail) {
      const at = queue[head] ?? 0;
      head += 1;
      const column = at % width;
      for (const next of [
        column > 0 ? at - 1 : -1,
        column < width - 1 ? at + 1 : -1,
        at - width,
        at + width < width * height ? at + width : -1,
      ]) {
        if (next < 0 || numbers[next] !== -1 || labels[next] !== labels[start]) continue;
        numbers[next] = count;
        queue[tail] = next;
        tail += 1;
      }
    }
    const room = beside === -1 ? 0 : MOST_SHARE * usual - (sizes[beside] ?? 0);
    if (tail >= LEAST_SHARE * usual || tail > room) {
      sizes.push(tail);
      count += 1;
      continue;
    }
    sizes[beside] = (sizes[beside] ?? 0) + tail;
    for (let index = 0; index < tail; index += 1) numbers[queue[index] ?? 0] = beside;
  }
  return { labels: numbers, count };
}

/**
 * @param {Int32Array} numbers
 * @param {number} at
 * @param {number} width
 * @returns {number} of the piece to the left or above, -1 if there is none
 */
function neighbourNumber(numbers, at, width) {
  if (at % width > 0) return numbers[at - 1] ?? -1;
  return at >= width ? (numbers[at - width] ?? -1) : -1;
}
