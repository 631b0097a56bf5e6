/** How an action gets its words: the only thing that the actions beside this file share. */

/** @typedef {import("../../types.js").Action} Action */

/**
 * @param {string} words as shown in "Undo ...": "Relabel", "Delete 3 objects"
 * @param {(document: import("../../types.js").EditorDocument) => import("../../types.js").EditorDocument} change
 * @returns {Action}
 */
export function inWords(words, change) {
  return Object.assign(change, { words });
}

/**
 * @param {number} number
 * @param {string} noun
 */
export function counted(number, noun) {
  return number === 1 ? noun : `${number} ${noun}s`;
}
