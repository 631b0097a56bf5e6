/** Suggestions sorted by a threshold of their score. */

import { isProposal } from "../model/proposals.js";

/** @typedef {import("../types.js").EditorDocument} EditorDocument */

/**
 * What a threshold would do; what is locked it leaves alone.
 * @param {EditorDocument} document
 * @param {number} threshold
 * @param {{label: number | null, locked: ReadonlySet<string>}} session label: for suggestions
 *   without one
 * @returns {{accepted: readonly string[], rejected: readonly string[], unlabelled: readonly
 *   string[], unscored: readonly string[]}}
 */
export function judgement(document, threshold, { label, locked }) {
  /** @type {{accepted: string[], rejected: string[], unlabelled: string[], unscored: string[]}} */
  const groups = { accepted: [], rejected: [], unlabelled: [], unscored: [] };
  for (const object of document.objects.values()) {
    if (object.state !== "suggested" || locked.has(object.id)) continue;
    if (object.score === null) groups.unscored.push(object.id);
    else if (object.score < threshold) groups.rejected.push(object.id);
    else if ((object.label ?? label) === null) groups.unlabelled.push(object.id);
    else groups.accepted.push(object.id);
  }
  return groups;
}

/**
 * Where the threshold starts: half of the suggestions above it.
 * @param {EditorDocument} document
 */
export function medianScore(document) {
  const scores = [...document.objects.values()]
    .flatMap(({ state, score }) => (state === "suggested" && score !== null ? [score] : []))
    .sort((a, b) => a - b);
  const median = scores[Math.floor(scores.length / 2)] ?? 0.5;
  return Math.round(median * 100) / 100;
}

/** @param {EditorDocument} document */
export function hasSuggestions(document) {
  return [...document.objects.values()].some(isProposal);
}
