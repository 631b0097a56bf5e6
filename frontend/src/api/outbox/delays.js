/** How long rows that failed alone wait before each is tried again. */

/**
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 * @typedef {{tries: number, notBefore: number}} Delay
 */

/** @type {Readonly<Delay>} */
const NO_DELAY = { tries: 0, notBefore: 0 };

export class Delays {
  #backoff_ms;
  /** @type {Map<number, Delay>} by seq; rows that have gone may still be named */
  #bySeq = new Map();

  /** @param {(tries: number) => number} backoff_ms */
  constructor(backoff_ms) {
    this.#backoff_ms = backoff_ms;
  }

  /** @param {OutboxRow} row @returns {Readonly<Delay>} */
  of(row) {
    return this.#bySeq.get(row.seq) ?? NO_DELAY;
  }

  /**
   * @param {OutboxRow} row that failed once more
   * @param {number} now
   */
  add(row, now) {
    const tries = this.of(row).tries + 1;
    this.#bySeq.set(row.seq, { tries, notBefore: now + this.#backoff_ms(tries) });
  }

  clear() {
    this.#bySeq.clear();
  }

  /**
   * @param {readonly OutboxRow[]} rows
   * @param {number} now
   * @returns {number | null} ms until the first of them is due; null if there is none
   */
  wait_ms(rows, now) {
    if (rows.length === 0) return null;
    return Math.max(0, Math.min(...rows.map((row) => this.of(row).notBefore)) - now);
  }
}
