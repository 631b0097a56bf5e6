/**
 * Keeps the undo steps of the open image in this browser, and finds them again after a reload. What
 * somebody else has changed meanwhile is dropped from them, and that is said.
 */

import { fromRecords, toRecords } from "../model/steps.js";
import { counted } from "../panels/wording.js";
import { t } from "../texts.js";

/**
 * @typedef {import("../api/pastSteps.js").PastSteps} PastSteps
 * @typedef {import("../api/pastSteps.js").Kept} Kept
 * @typedef {import("../api/pastSteps.js").StepRow} StepRow
 * @typedef {import("../model/steps.js").StepRecord} StepRecord
 * @typedef {import("../model/store.js").EditorStore} EditorStore
 * @typedef {import("../types.js").EditorDocument} EditorDocument
 */

/** Of masks, in characters: about 200 steps of a person's brush on a large photograph. */
const MAX_CHARACTERS = 8_000_000;
const RECORD_CHARACTERS = 600; // of a change without its mask
/** @type {Kept} */
export const NOTHING_KEPT = { rows: [], done: 0 };

/**
 * Ids that the steps speak of and the image does not show: deleted, or never saved.
 * @param {Kept} kept
 * @param {ReadonlySet<string>} shown
 */
export function absentIds({ rows }, shown) {
  const ids = new Set(rows.flatMap(({ changes }) => changes.map(({ id }) => id)));
  return [...ids].filter((id) => !shown.has(id));
}

/**
 * @param {Kept} kept
 * @param {EditorDocument} document
 * @returns {{history: import("../model/history.js").History, words: string}} words: what was lost
 */
export function revive({ rows, done }, document) {
  const { history, dropped, narrowed } = fromRecords(document, rows.map(thawed), done);
  return { history, words: lostWords(dropped, narrowed) };
}

/**
 * @param {number} dropped
 * @param {number} narrowed
 */
function lostWords(dropped, narrowed) {
  if (dropped + narrowed === 0) return "";
  const why = t("their objects have been changed elsewhere since");
  if (dropped === 0)
    return t("{what} can be undone in part: {why}.", {
      what: counted(narrowed, "step"),
      why,
    });
  return t("{what} can no longer be undone: {why}.", {
    what: counted(dropped, "step"),
    why,
  });
}

/**
 * What storage gives back, as values again.
 * @param {StepRow} row
 * @returns {StepRecord}
 */
function thawed({ words, changes }) {
  return {
    words,
    changes: changes.map((one) => ({
      ...one,
      before: frozen(one.before),
      after: frozen(one.after),
    })),
  };
}

/** @param {Readonly<import("../types.js").MaskObject> | null} object */
function frozen(object) {
  if (!object) return null;
  return Object.freeze({
    ...object,
    rle: Object.freeze(object.rle),
    attributes: Object.freeze(object.attributes),
  });
}

export class UndoKeeper {
  #steps;
  #image;
  #store;
  #tell;
  /** @type {Map<StepRecord, StepRow>} */
  #rows = new Map();
  #lastSeq;
  #done = 0;
  #isFirst = true;
  #failed = false;
  /** @type {unknown} */
  #seen = null;
  #end;

  /**
   * @param {PastSteps} steps
   * @param {{image: number, store: EditorStore, kept: Kept, tell: (words: string) => void}} parts
   *   kept: what was found in storage; tell: it cannot be kept, once
   */
  constructor(steps, { image, store, kept, tell }) {
    this.#steps = steps;
    this.#image = image;
    this.#store = store;
    this.#tell = tell;
    this.#lastSeq = kept.rows.at(-1)?.seq ?? 0;
    this.#keep();
    this.#end = store.subscribe(() => this.#keep());
  }

  leave() {
    this.#end();
  }

  #keep() {
    const { history } = this.#store;
    if (history === this.#seen) return;
    this.#seen = history;
    const all = toRecords(history);
    const skipped = tooMany(all);
    const records = all.slice(skipped);
    const done = Math.max(0, history.past.length - skipped);
    const wanted = new Set(records);
    const gone = [...this.#rows].filter(([record]) => !wanted.has(record));
    const put = records
      .filter((record) => !this.#rows.has(record))
      .map((record) => this.#row(record));
    for (const [record] of gone) this.#rows.delete(record);
    const isFirst = this.#isFirst; // replaces whatever an earlier visit left
    this.#isFirst = false;
    const isSame = put.length === 0 && gone.length === 0 && done === this.#done;
    if (isSame && !isFirst) return;
    const remove = isFirst ? /** @type {const} */ ("all") : gone.map(([, { seq }]) => seq);
    this.#done = done;
    this.#steps
      .write(this.#image, { put, remove, done })
      .catch((error) => this.#giveUp(error instanceof Error ? error : new Error(String(error))));
  }

  /** @param {StepRecord} record */
  #row(record) {
    this.#lastSeq += 1;
    const row = { image: this.#image, seq: this.#lastSeq, ...record };
    this.#rows.set(record, row);
    return row;
  }

  /** @param {Error} error */
  #giveUp(error) {
    if (this.#failed) return;
    this.#failed = true;
    this.#end();
    this.#steps.clear().catch(() => {}); // nothing half kept; the failure itself is told
    this.#tell(
      t("Undo works until the page is closed, no longer: {message}", { message: error.message }),
    );
  }
}

/**
 * How many of the oldest steps are beyond what is kept.
 * @param {readonly StepRecord[]} records
 */
function tooMany(records) {
  let characters = 0;
  for (let i = records.length - 1; i >= 0; i -= 1) {
    characters += sizeOf(/** @type {StepRecord} */ (records[i]));
    if (characters > MAX_CHARACTERS) return i + 1;
  }
  return 0;
}

/** @param {StepRecord} record */
function sizeOf({ changes }) {
  return changes.reduce(
    (sum, { before, after }) =>
      sum + (before?.rle.counts.length ?? 0) + (after?.rle.counts.length ?? 0) + RECORD_CHARACTERS,
    0,
  );
}
