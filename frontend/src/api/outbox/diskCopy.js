/**
 * What of a lane lies on the disk: changes are written in the order in which they were made, and
 * after a failure all of it again. Without the lane's lock nothing is written.
 */

import { isRow } from "./rows.js";

/**
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 * @typedef {import("./rows.js").RowChanges} RowChanges
 */

/** @type {RowChanges} beside what failed before */
const NOTHING = { put: [], remove: [] };

export class DiskCopy {
  #image;
  #ports;
  #rows;
  /** @type {Promise<void>} */
  #writing = Promise.resolve();
  /** @type {Map<number, OutboxRow>} what lies there, by seq */
  #kept = new Map();
  #unwritten = false;
  #stopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rewriting;

  /**
   * @param {number} image
   * @param {Pick<import("./lane.js").LanePorts, "storage" | "backoff_ms" | "tell">} ports
   * @param {() => readonly OutboxRow[]} rows all that should lie there now
   */
  constructor(image, ports, rows) {
    this.#image = image;
    this.#ports = ports;
    this.#rows = rows;
  }

  /**
   * Whether what a person did is not there, so that no other tab can know it.
   * @param {OutboxRow} row
   */
  lacks(row) {
    const kept = this.#kept.get(row.seq);
    return kept?.op !== row.op || kept.body !== row.body;
  }

  /** @returns {Promise<OutboxRow[] | null>} oldest first; null: it cannot be read, which is told */
  async read() {
    try {
      const rows = await this.#ports.storage.rowsOf(this.#image);
      this.#note({ put: rows.filter(isRow), remove: [] }); // those of another version stay there
      return rows;
    } catch (error) {
      this.#tell(error);
      return null;
    }
  }

  /** @param {RowChanges} changes */
  write(changes) {
    this.#writing = this.#writing.then(() => this.#write(changes));
  }

  /** It has lost everything: write all of it again. */
  writeAll() {
    this.#kept.clear();
    this.#unwritten = true;
    this.write(NOTHING);
  }

  /** @returns {Promise<void>} resolved when all that was asked of it is done */
  settled() {
    return this.#writing;
  }

  /** The lock is another tab's, and the disk with it. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#rewriting);
  }

  /** @param {RowChanges} changes */
  async #write(changes) {
    if (this.#stopped) return;
    const whole = this.#unwritten ? this.#all(changes) : changes;
    try {
      await this.#ports.storage.write(this.#image, whole);
      if (this.#stopped) return; // whoever has the lock now may have read the disk before this
      this.#note(whole);
      this.#unwritten = false;
      this.#ports.tell({ kind: "stored", error: null });
    } catch (error) {
      this.#unwritten = true;
      this.#tell(error);
      clearTimeout(this.#rewriting);
      this.#rewriting = setTimeout(() => this.write(NOTHING), this.#ports.backoff_ms(1));
    }
  }

  /**
   * After a failure the disk may lack older rows, or hold some that have gone since.
   * @param {RowChanges} changes
   * @returns {RowChanges}
   */
  #all({ remove }) {
    const put = this.#rows();
    const wanted = new Set(put.map(({ seq }) => seq));
    const gone = [...this.#kept.keys()].filter((seq) => !wanted.has(seq));
    return { put, remove: [...new Set([...remove, ...gone])] };
  }

  /** @param {RowChanges} changes that are there now */
  #note({ put, remove }) {
    for (const row of put) this.#kept.set(row.seq, row);
    for (const seq of remove) this.#kept.delete(seq);
  }

  /** @param {unknown} error */
  #tell(error) {
    this.#ports.tell({
      kind: "stored",
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
}
