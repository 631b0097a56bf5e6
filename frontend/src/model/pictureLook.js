/**
 * How the picture is shown: brighter, with more contrast, one channel of it, turned about. A look
 * changes what is seen, never a pixel that a tool or a model reads.
 */

import { midSentence, number, t } from "../texts.js";

/** @typedef {"all" | "red" | "green" | "blue"} Channel */
/**
 * @typedef {Object} PictureLook
 * @property {number} brightness factor, 1 as it is
 * @property {number} contrast factor, 1 as it is
 * @property {number} gamma above 1 opens the shadows, 1 as it is
 * @property {Channel} channel
 * @property {boolean} invert
 */
/** @typedef {{readonly name: "brightness" | "contrast" | "gamma", readonly words: string,
 *   readonly min: number, readonly max: number, readonly step: number}} LookRange */

/** @type {Readonly<PictureLook>} */
export const AS_IT_IS = Object.freeze({
  brightness: 1,
  contrast: 1,
  gamma: 1,
  channel: "all",
  invert: false,
});

/** @type {readonly LookRange[]} the server's rule for profiles has the same limits */
export const LOOK_RANGES = Object.freeze([
  { name: "brightness", words: t("Brightness"), min: 0.2, max: 4, step: 0.05 },
  { name: "contrast", words: t("Contrast"), min: 0.2, max: 4, step: 0.05 },
  { name: "gamma", words: t("Gamma"), min: 0.2, max: 4, step: 0.05 },
]);

/** @type {readonly Channel[]} */
export const CHANNELS = Object.freeze(["all", "red", "green", "blue"]);

/** @type {Readonly<Record<Channel, string>>} */
const ONLY = { all: "", red: t("red only"), green: t("green only"), blue: t("blue only") };

/** @param {Readonly<PictureLook>} look */
export function isAdjusted(look) {
  return adjustments(look).length > 0;
}

/**
 * What differs from the picture as it is, in words.
 * @param {Readonly<PictureLook>} look
 * @returns {string[]}
 */
export function adjustments(look) {
  const words = LOOK_RANGES.filter(({ name }) => look[name] !== 1).map(
    (range) => `${midSentence(range.words)} ${lookWords(range, look)}`,
  );
  if (look.channel !== "all") words.push(ONLY[look.channel]);
  if (look.invert) words.push(t("inverted"));
  return words;
}

/**
 * @param {LookRange} range
 * @param {Readonly<PictureLook>} look
 */
export function lookWords({ name }, look) {
  return name === "gamma"
    ? number(look.gamma, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    : `${Math.round(look[name] * 100)} %`;
}

/**
 * A look from what a profile holds: what is missing or out of range stays as it is.
 * @param {unknown} stored
 * @returns {Readonly<PictureLook>}
 */
export function readLook(stored) {
  if (typeof stored !== "object" || stored === null) return AS_IT_IS;
  const known = /** @type {Record<string, unknown>} */ (stored);
  const ranges = LOOK_RANGES.flatMap(({ name, min, max }) => {
    const value = known[name];
    return typeof value === "number" && value >= min && value <= max ? [[name, value]] : [];
  });
  const channel = CHANNELS.find((one) => one === known.channel) ?? "all";
  return Object.freeze({
    ...AS_IT_IS,
    ...Object.fromEntries(ranges),
    channel,
    invert: known.invert === true,
  });
}
