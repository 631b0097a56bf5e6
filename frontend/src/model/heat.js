/**
 * The heat map: suggestions coloured by one of the doubts that the model left with them. Colours go
 * by rank on the image, each to a fifth of its objects: values crowd together (a model's borders are
 * nearly all equally soft), and by value most objects would be of one colour. The values of the
 * surest and of the least sure are told beside the scale.
 */

import { t } from "../texts.js";

/** @typedef {import("../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {"score" | "stability" | "disagreement" | "boundary_entropy"} HeatSignal */
/**
 * @typedef {Object} SignalFacts
 * @property {HeatSignal} name as the server has it
 * @property {string} words
 * @property {string} explained
 * @property {boolean} isDoubt more of it is less sure
 */
/**
 * @typedef {Object} HeatScale
 * @property {HeatSignal} signal
 * @property {number} sure value of the surest object
 * @property {number} unsure value of the least sure one
 * @property {readonly number[]} ordered all values, the surest first; empty if all are alike
 */

/** From sure to unsure: brighter and warmer, in an order that the colour-blind see too. */
export const HEAT = Object.freeze(["#3b0f70", "#8c2981", "#de4968", "#fe9f6d", "#fcfdbf"]);

/** Of a suggestion that has no value of the signal. */
export const NO_VALUE = "#9aa0a6";

const LEAST_SPREAD = 0.05; // values that are nearer to each other than this are alike

/** @type {readonly SignalFacts[]} */
export const SIGNALS = Object.freeze([
  {
    name: "score",
    words: t("Predicted IoU"),
    explained: t("How well the model expects its mask to fit: 1 is a perfect fit."),
    isDoubt: false,
  },
  {
    name: "stability",
    words: t("Stability"),
    explained: t("How little the mask changes when its threshold moves: 1 is not at all."),
    isDoubt: false,
  },
  {
    name: "disagreement",
    words: t("Disagreement"),
    explained: t("How much the mask changes when the box around it is drawn a little otherwise."),
    isDoubt: true,
  },
  {
    name: "boundary_entropy",
    words: t("Boundary entropy"),
    explained: t("How undecided the pixels along the border are, in bits: 1 is a coin's toss."),
    isDoubt: true,
  },
]);

/** @param {HeatSignal} name @returns {SignalFacts} */
export function signalFacts(name) {
  return SIGNALS.find((one) => one.name === name) ?? /** @type {SignalFacts} */ (SIGNALS[0]);
}

/**
 * @param {Readonly<MaskObject>} object
 * @param {HeatSignal} signal
 * @returns {number | null} 0..1, null where the model did not tell
 */
export function signalOf(object, signal) {
  return object[signal] ?? null;
}

/** @type {WeakMap<EditorDocument["objects"], Map<HeatSignal, HeatScale>>} asked for with every frame */
const scales = new WeakMap();

/**
 * Of all objects that a model made, accepted ones too: a decision moves no other's colour.
 * @param {Pick<EditorDocument, "objects">} document
 * @param {HeatSignal} signal
 * @returns {HeatScale}
 */
export function heatScale({ objects }, signal) {
  const known = scales.get(objects) ?? new Map();
  scales.set(objects, known);
  if (!known.has(signal)) known.set(signal, measuredScale(objects, signal));
  return known.get(signal);
}

/**
 * @param {EditorDocument["objects"]} objects
 * @param {HeatSignal} signal
 * @returns {HeatScale}
 */
function measuredScale(objects, signal) {
  const { isDoubt } = signalFacts(signal);
  const told = [...objects.values()].map((object) => signalOf(object, signal));
  const values = told.filter((value) => value !== null);
  const ordered = values.sort((a, b) => (isDoubt ? a - b : b - a));
  const sure = ordered[0] ?? (isDoubt ? 0 : 1);
  const unsure = ordered.at(-1) ?? (isDoubt ? 1 : 0);
  const isAlike = Math.abs(unsure - sure) < LEAST_SPREAD;
  return { signal, sure, unsure, ordered: isAlike ? [] : ordered };
}

/**
 * @param {number | null} value
 * @param {HeatScale} scale
 * @returns {string} "#rrggbb"
 */
export function heatColor(value, { sure, unsure, ordered }) {
  if (value === null) return NO_VALUE;
  const doubt = ordered.length > 0 ? rank(value, ordered, unsure > sure) : 0.5;
  return HEAT[Math.min(Math.floor(doubt * HEAT.length), HEAT.length - 1)] ?? NO_VALUE;
}

/**
 * How many are surer, as a share: 0 for the surest, 1 for the least sure; equal values share a place.
 * @param {number} value
 * @param {readonly number[]} ordered
 * @param {boolean} isRising
 */
function rank(value, ordered, isRising) {
  const isSurer = (/** @type {number} */ other) => (isRising ? other < value : other > value);
  const before = firstNot(ordered, isSurer);
  const equal = firstNot(ordered, (other) => isSurer(other) || other === value) - before;
  return (before + (equal - 1) / 2) / (ordered.length - 1);
}

/**
 * @param {readonly number[]} ordered
 * @param {(value: number) => boolean} holds for the first ones
 * @returns {number} how many these are
 */
function firstNot(ordered, holds) {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(ordered[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Suggestions of which the model did not tell this.
 * @param {EditorDocument} document
 * @param {HeatSignal} signal
 */
export function withoutValue(document, signal) {
  return [...document.objects.values()].filter(
    (object) => object.state === "suggested" && signalOf(object, signal) === null,
  ).length;
}
