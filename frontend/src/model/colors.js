/**
 * Colours of objects. One with a label has the label's; suggestions without one are told apart by
 * a colour drawn from their id, the same on every machine.
 */

import { heatColor, heatScale, signalOf } from "./heat.js";

/** @typedef {import("../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../types.js").MaskObject} MaskObject */

/** Safe for the colour-blind (the first ten), then distinct; new labels take them in this order. */
export const PALETTE = Object.freeze([
  "#0072b2",
  "#e69f00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#d55e00",
  "#f0e442",
  "#332288",
  "#88ccee",
  "#44aa99",
  "#117733",
  "#999933",
  "#ddcc77",
  "#cc6677",
  "#882255",
  "#aa4499",
]);

/** What differs, on the picture and in the legend: told apart by stripes too, or none. */
export const DIFF_LOOKS = Object.freeze({
  same: { base: "#c4c9d0", stripe: "#c4c9d0", rises: true, alpha: 0.35 },
  removed: { base: "#d55e00", stripe: "#2b1300", rises: false, alpha: 0.85 },
  added: { base: "#0072b2", stripe: "#ffffff", rises: true, alpha: 0.85 },
});

/** Of a new object without a label. */
export const UNLABELLED = "#f5f5f5";

/** @type {WeakMap<readonly import("../types.js").Label[], ReadonlyMap<number, string>>} */
const colorsOf = new WeakMap();

/**
 * @param {EditorDocument} document
 * @param {Readonly<MaskObject>} object
 * @returns {string} "#rrggbb"
 */
export function objectColor(document, object) {
  let colors = colorsOf.get(document.labels);
  if (!colors) {
    colors = new Map(document.labels.map(({ id, color }) => [id, color]));
    colorsOf.set(document.labels, colors);
  }
  const own = object.label === null ? undefined : colors.get(object.label);
  return own ?? PALETTE[hash(object.id) % PALETTE.length] ?? UNLABELLED;
}

/**
 * The heat map that a session shows.
 * @param {EditorDocument} document
 * @param {Pick<import("../types.js").Session, "heat" | "heatSignal">} session
 * @returns {import("./heat.js").HeatScale | null}
 */
export function shownHeat(document, { heat, heatSignal }) {
  return heat ? heatScale(document, heatSignal) : null;
}

/**
 * The colour that an object is painted with.
 * @param {EditorDocument} document
 * @param {Readonly<MaskObject>} object
 * @param {import("./heat.js").HeatScale | null} heat suggestions by how unsure the model was
 */
export function shownColor(document, object, heat) {
  return heat && object.state === "suggested"
    ? heatColor(signalOf(object, heat.signal), heat)
    : objectColor(document, object);
}

/** @param {string} text */
function hash(text) {
  let sum = 0;
  for (const character of text) sum = (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0;
  return sum;
}
