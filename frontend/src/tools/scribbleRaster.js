/** How a classified picture is shown: the classes in their colours, or how unsure each cell is. */
import { eachCell } from "./scribbleStrokes.js";

/** @typedef {import("../geometry/frame.js").Frame} Frame */
/** @typedef {import("./scribbleStrokes.js").Scribble} Scribble */
/** @typedef {{best: Uint8Array, doubt: Uint8Array}} Verdict */

export const BACKGROUND = "#7d7d7d";
const CLASS_ALPHA = 120;
const DOUBT = "#ffd600"; // yellow, which no theme dims
const DOUBT_ALPHA = 0.75; // at the most; the picture is to be seen below
const LEAST_DOUBT = 40; // of 255; less is left clear

/**
 * @param {Frame} frame
 * @param {Verdict | null} verdict
 * @param {readonly Scribble[]} scribbles drawn over it
 * @param {{colors: readonly string[], colorOf: (label: number | null) => string, shows: string}} look
 *   colors: by class; shows: "classes" or "doubt"
 * @returns {Uint8ClampedArray}
 */
export function rasterOf(frame, verdict, scribbles, { colors, colorOf, shows }) {
  const rgba = new Uint8ClampedArray(4 * frame.width * frame.height);
  const words = new Uint32Array(rgba.buffer);
  if (verdict && shows === "doubt") paintDoubt(words, verdict);
  else if (verdict) {
    const palette = colors.map((color) => word(color, CLASS_ALPHA));
    const { best } = verdict;
    for (let cell = 0; cell < best.length; cell += 1) words[cell] = palette[best[cell] ?? 0] ?? 0;
  }
  for (const { label, tiles } of scribbles) {
    const full = word(colorOf(label), 255);
    eachCell(tiles, frame, (cell) => {
      words[cell] = full;
    });
  }
  return rgba;
}

/**
 * @param {Uint32Array} words is written to
 * @param {Verdict} verdict
 */
function paintDoubt(words, { doubt }) {
  const palette = Uint32Array.from({ length: 256 }, (_word, value) =>
    value < LEAST_DOUBT ? 0 : word(DOUBT, Math.round(value * DOUBT_ALPHA)),
  );
  for (let cell = 0; cell < doubt.length; cell += 1) words[cell] = palette[doubt[cell] ?? 0] ?? 0;
}

/**
 * @param {string} color "#rrggbb"
 * @param {number} alpha
 */
function word(color, alpha) {
  const value = Number.parseInt(color.slice(1), 16);
  const swapped = ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16);
  return ((alpha << 24) | swapped) >>> 0;
}
