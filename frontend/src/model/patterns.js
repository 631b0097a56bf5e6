/**
 * Patterns by which labels are told apart without colour. A label's is the same for as long as it
 * lives. None is the plain diagonal that rises to the right: that one says "suggestion".
 */

/** @typedef {import("../types.js").Label} Label */
/** @typedef {(x: number, y: number) => boolean} Marks whether a cell of the tile is marked */

/** Cells along a tile's side; a tile continues itself. */
export const TILE_CELLS = 12;

const MIDDLE = TILE_CELLS / 2;
const COARSE = 2; // so much larger are the patterns of the second round

/** @type {readonly Marks[]} labels take them in this order */
const KINDS = [
  (x, y) => x % 6 < 3 && y % 6 < 3, // dots
  (x) => x % 6 < 2, // upright
  (_, y) => y % 6 < 2, // level
  (x, y) => (x - y + TILE_CELLS) % 6 < 2, // falling
  (x, y) => x < 2 || y < 2, // grid
  (x, y) => (near(x, 1) && near(y, 4)) || (near(y, 1) && near(x, 4)), // plus signs
  (x, y) => near(x, 4) && near(y, 4) && Math.min(Math.abs(x - y), Math.abs(x + y - 11)) < 1, // crosses
  (x, y) => Math.abs(Math.hypot(x - 5.5, y - 5.5) - 4) < 0.8, // rings
  (x, y) => x < MIDDLE === y < MIDDLE, // checks
  (x, y) => (y + Math.abs(x - MIDDLE)) % 6 < 2, // zigzag
  (x, y) => (x < 2 && y < 8) || (x >= 6 && x < 8 && (y >= 6 || y < 2)), // dashes
  (x, y) => y >= 2 && y < 10 && Math.abs(x - 5.5) < (y - 1) / 2, // triangles
];

/** How many labels have a pattern that no other has. */
export const PATTERNS = KINDS.length * COARSE;

/**
 * @param {number} value
 * @param {number} reach
 */
function near(value, reach) {
  return Math.abs(value - 5.5) < reach;
}

/**
 * @param {Label | null | undefined} label
 * @returns {number | null} 0..PATTERNS - 1; null: an object without a label has none
 */
export function patternOf(label) {
  return label ? Math.max(label.number - 1, 0) % PATTERNS : null;
}

/**
 * The pattern that a session shows a label with.
 * @param {Pick<import("../types.js").Session, "patterns"> | undefined} session
 * @param {Label | null | undefined} label
 */
export function shownPattern(session, label) {
  return session?.patterns ? patternOf(label) : null;
}

/**
 * @param {number} pattern
 * @param {number} x cells, from 0
 * @param {number} y
 */
export function isMarked(pattern, x, y) {
  const scale = pattern < KINDS.length ? 1 : COARSE;
  const [column, row] = [x, y].map((cell) => Math.floor(cell / scale) % TILE_CELLS);
  return KINDS[pattern % KINDS.length]?.(column ?? 0, row ?? 0) ?? false;
}

/** @param {number} pattern */
export function tileCells(pattern) {
  return pattern < KINDS.length ? TILE_CELLS : TILE_CELLS * COARSE;
}
