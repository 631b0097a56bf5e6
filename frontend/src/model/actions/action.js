/** How an action gets its words: the only thing that the actions beside this file share. */

import { t, tn } from "../../texts.js";

/** @typedef {import("../../types.js").Action} Action */

/**
 * @param {string} words as shown in "Undo ...": "Relabel", "Delete 3 objects"
 * @param {(document: import("../../types.js").EditorDocument) => import("../../types.js").EditorDocument} change
 * @returns {Action}
 */
export function inWords(words, change) {
  return Object.assign(change, { words });
}

/** @param {number} count */
export function objectsInWords(count) {
  return count === 1 ? t("object") : tn("{count} object", "{count} objects", count);
}

/** @param {number} count */
export function suggestionsInWords(count) {
  return count === 1 ? t("suggestion") : tn("{count} suggestion", "{count} suggestions", count);
}
