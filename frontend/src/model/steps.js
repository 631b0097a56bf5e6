/**
 * Undo steps as values that outlive the page: what each one changed, object by object, instead of
 * whole documents. Pure; where they are kept is no business of this file.
 */

import { diff, withObjects } from "./document.js";
import { sameObject } from "./sameObject.js";

/**
 * @typedef {import("../types.js").EditorDocument} EditorDocument
 * @typedef {import("../types.js").ObjectChange} ObjectChange
 * @typedef {import("./history.js").History} History
 * @typedef {import("./history.js").Step} Step
 */

/** @typedef {{readonly words: string, readonly changes: readonly ObjectChange[]}} StepRecord */
/**
 * @typedef {Object} Revived
 * @property {History} history
 * @property {number} dropped steps of which nothing applies any more
 * @property {number} narrowed steps of which only a part applies
 */

/** @type {WeakMap<EditorDocument, {after: EditorDocument, record: StepRecord}>} */
const known = new WeakMap();

/**
 * All steps in the order of time: `history.past.length` of them can be undone, the rest redone. A
 * step that is undone or redone stays the same record.
 * @param {History} history
 * @returns {readonly StepRecord[]}
 */
export function toRecords({ past, present, future }) {
  const later = [...future].reverse();
  const documents = [
    ...past.map(({ document }) => document),
    present,
    ...later.map(({ document }) => document),
  ];
  return [...past, ...later].map(({ words }, i) => {
    const before = /** @type {EditorDocument} */ (documents[i]);
    return recordOf(words, before, /** @type {EditorDocument} */ (documents[i + 1]));
  });
}

/**
 * @param {string} words
 * @param {EditorDocument} before
 * @param {EditorDocument} after
 */
function recordOf(words, before, after) {
  const found = known.get(before);
  if (found?.after === after) return found.record;
  const record = Object.freeze({ words, changes: diff(before, after) });
  known.set(before, { after, record });
  return record;
}

/**
 * The history that led to `present`. A change counts only while the object is as the step left it:
 * one that somebody else has changed since is taken out of this step and all beyond it.
 * @param {EditorDocument} present
 * @param {readonly StepRecord[]} records in the order of time
 * @param {number} done how many of them lie before `present`
 * @returns {Revived}
 */
export function fromRecords(present, records, done) {
  const back = walk(present, records.slice(0, done).reverse(), ({ id, before, after }) => ({
    id,
    here: after,
    there: before,
  }));
  const ahead = walk(present, records.slice(done), ({ id, before, after }) => ({
    id,
    here: before,
    there: after,
  }));
  return {
    history: { past: back.steps.reverse(), present, future: ahead.steps.reverse() },
    dropped: back.dropped + ahead.dropped,
    narrowed: back.narrowed + ahead.narrowed,
  };
}

/**
 * @param {EditorDocument} present
 * @param {readonly StepRecord[]} records the next one first
 * @param {(change: ObjectChange) => {id: string, here: ObjectChange["before"], there: ObjectChange["before"]}} turn
 */
function walk(present, records, turn) {
  /** @type {Step[]} */
  const steps = [];
  /** @type {Set<string>} */
  const stale = new Set();
  let document = present;
  let narrowed = 0;
  for (const { words, changes } of records) {
    const fitting = changes.map(turn).filter(({ id, here }) => {
      const isSame = !stale.has(id) && sameObject(document.objects.get(id) ?? null, here);
      if (!isSame) stale.add(id);
      return isSame;
    });
    if (fitting.length === 0) continue;
    if (fitting.length < changes.length) narrowed += 1;
    document = withObjects(
      document,
      fitting.map(({ id, there }) => /** @type {const} */ ([id, there])),
    );
    steps.push({ words, document });
  }
  return { steps, narrowed, dropped: records.length - steps.length };
}
