/** What was scribbled on an image: strokes of classes, and what a classifier can learn from them. */
import { cellAt } from "../geometry/frame.js";

/** @typedef {import("../types.js").Patch} Patch */
/** @typedef {import("../geometry/frame.js").Frame} Frame */
/** @typedef {{readonly label: number | null, readonly tiles: readonly Patch[]}} Scribble label null: background */
/**
 * @typedef {Object} Lesson
 * @property {readonly (number | null)[]} labels by class
 * @property {Int32Array} cells
 * @property {Uint8Array} classes of those cells
 */

const MOST_CELLS = 2000; // of a class; more teach little and take long

/**
 * @param {readonly Scribble[]} scribbles a later one counts where two cross
 * @param {Frame} frame
 * @returns {Lesson}
 */
export function lessonOf(scribbles, frame) {
  const labels = [...new Set(scribbles.map(({ label }) => label))];
  /** @type {Map<number, number>} */
  const owners = new Map();
  for (const { label, tiles } of scribbles) {
    const own = labels.indexOf(label);
    eachCell(tiles, frame, (cell) => owners.set(cell, own));
  }
  /** @type {number[][]} */
  const byClass = labels.map(() => []);
  for (const [cell, own] of owners) byClass[own]?.push(cell);
  const kept = byClass.map((cells) => {
    const every = Math.ceil(cells.length / MOST_CELLS);
    return cells.filter((_cell, index) => index % every === 0);
  });
  return {
    labels,
    cells: Int32Array.from(kept.flat()),
    classes: Uint8Array.from(kept.flatMap((cells, own) => cells.map(() => own))),
  };
}

/**
 * @param {readonly Patch[]} tiles
 * @param {Frame} frame
 * @param {(cell: number) => void} visit
 */
export function eachCell(tiles, frame, visit) {
  let last = -1;
  for (const { x, y, width, bits } of tiles) {
    for (let at = 0; at < bits.length; at += 1) {
      if (!bits[at]) continue;
      const cell = cellAt(frame, { x: x + (at % width), y: y + Math.floor(at / width) });
      if (cell !== -1 && cell !== last) visit(cell);
      last = cell;
    }
  }
}
