/** Numbers and times as people read them. */

import { number, t, tn } from "../texts.js";

/** @type {Readonly<Record<import("../types.js").ObjectState, string>>} */
export const OBJECT_STATES = {
  confirmed: t("confirmed"),
  suggested: t("suggested"),
  rejected: t("rejected"),
};

/** @type {Readonly<Record<import("../types.js").MaskObject["source"], string>>} */
export const SOURCES = { manual: t("by hand"), model: t("model"), import: t("imported") };

/** What is counted. */
const NOUNS = {
  object: (/** @type {number} */ count) => tn("{count} object", "{count} objects", count),
  suggestion: (/** @type {number} */ count) =>
    tn("{count} suggestion", "{count} suggestions", count),
  change: (/** @type {number} */ count) => tn("{count} change", "{count} changes", count),
  conflict: (/** @type {number} */ count) => tn("{count} conflict", "{count} conflicts", count),
  mask: (/** @type {number} */ count) => tn("{count} mask", "{count} masks", count),
  pixel: (/** @type {number} */ count) => tn("{count} pixel", "{count} pixels", count),
  step: (/** @type {number} */ count) => tn("{count} earlier step", "{count} earlier steps", count),
};

/**
 * @param {number} count
 * @param {keyof typeof NOUNS} noun
 */
export function counted(count, noun) {
  return NOUNS[noun](count);
}

/** @param {number} pixels */
export function shortArea(pixels) {
  if (pixels < 1000) return String(pixels);
  if (pixels < 9_950) return `${decimals(pixels / 1000, 1)}k`;
  if (pixels < 999_500) return `${Math.round(pixels / 1000)}k`;
  return `${decimals(pixels / 1_000_000, 1)}M`;
}

/**
 * @param {number} then ms since 1970
 * @param {number} now
 */
export function ago(then, now) {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 2) return t("just now");
  if (seconds < 60) return t("{seconds} s ago", { seconds });
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? t("{minutes} min ago", { minutes })
    : t("{hours} h ago", { hours: Math.round(minutes / 60) });
}

/** @param {number | null} score 0..1 */
export function shortScore(score) {
  return score === null ? "" : scoreWords(score).replace(/^0(?=\.)/, "");
}

/** @param {number} score 0..1 */
export function scoreWords(score) {
  return decimals(score, 2);
}

/**
 * Never 100 before it is: a single pixel that is left counts.
 * @param {number} coverage 0..1
 */
export function coverageWords(coverage) {
  return coverage === 1 ? "100" : decimals(Math.min(coverage * 100, 99.9), 1);
}

/**
 * @param {number} value
 * @param {number} digits
 */
function decimals(value, digits) {
  return number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
