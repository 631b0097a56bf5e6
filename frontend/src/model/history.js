/**
 * Undo and redo as two stacks of documents. A step's words name what led from its document on
 * (past) or to it (future). What comes from the server is woven into every document, so that undo
 * takes back a person's own doing only.
 */
import { diff } from "./document.js";

/** @typedef {import("../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../types.js").Action} Action */
/** @typedef {{readonly words: string, readonly document: EditorDocument}} Step */
/**
 * @typedef {Object} History
 * @property {readonly Step[]} past the oldest first
 * @property {EditorDocument} present
 * @property {readonly Step[]} future the next redo last
 */

// Documents share their objects: a step costs one Map of references, 1,000 objects some 50 kB.
const MAX_STEPS = 200;

/**
 * @param {EditorDocument} document
 * @returns {History}
 */
export function startHistory(document) {
  return { past: [], present: document, future: [] };
}

/**
 * @param {History} history
 * @param {Action} action
 * @returns {History} the same one when the action changes nothing
 */
export function record(history, action) {
  const present = action(history.present);
  if (present === history.present) return history;
  const past = [...history.past, { words: action.words, document: history.present }];
  return { past: past.slice(-MAX_STEPS), present, future: [] };
}

/**
 * @param {History} history
 * @returns {History}
 */
export function undo(history) {
  const step = history.past.at(-1);
  if (!step) return history;
  return {
    past: history.past.slice(0, -1),
    present: step.document,
    future: [...history.future, { words: step.words, document: history.present }],
  };
}

/**
 * @param {History} history
 * @returns {History}
 */
export function redo(history) {
  const step = history.future.at(-1);
  if (!step) return history;
  return {
    past: [...history.past, { words: step.words, document: history.present }],
    present: step.document,
    future: history.future.slice(0, -1),
  };
}

/**
 * Apply a change from the server to the present and to every document one could return to; steps
 * that no longer change anything are dropped.
 * @param {History} history
 * @param {Action} action
 * @returns {History}
 */
export function weave(history, action) {
  const present = action(history.present);
  return {
    past: withoutEmptySteps(history.past, action, present),
    present,
    future: withoutEmptySteps(history.future, action, present),
  };
}

/**
 * @param {readonly Step[]} steps the one next to `present` last
 * @param {Action} action
 * @param {EditorDocument} present
 */
function withoutEmptySteps(steps, action, present) {
  /** @type {Step[]} */
  const kept = [];
  let neighbour = present;
  for (const step of [...steps].reverse()) {
    const document = action(step.document);
    if (isSame(document, neighbour)) continue;
    kept.push({ words: step.words, document });
    neighbour = document;
  }
  return kept.reverse();
}

/**
 * @param {EditorDocument} a
 * @param {EditorDocument} b
 */
function isSame(a, b) {
  return diff(a, b).length === 0;
}
