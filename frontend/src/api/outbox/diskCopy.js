/**
 * What of a lane lies on the disk: each change is on its way as soon as it is made, in that order,
 * so that a page may be closed at any moment; after a failure all of it again. Without the lane's
 * lock nothing is written.
 */

import { isRow } from "./rows.js";

/**
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 * @typedef {import("./rows.js").RowChanges} RowChanges
 */

/** Of writes under way; behind a slow disk more would only wait, and each for less than it could take. */
const AT_ONCE = 4;

/** @type {RowChanges} beside what failed before */
const NOTHING = { put: [], remove: [] };

export class DiskCopy {
  #image;
  #ports;
  #rows;
  /** @type {Promise<unknown>} */
  #writing = Promise.resolve();
  /** @type {Set<Promise<void>>} */
  #underway = new Set();
  /** @type {RowChanges | null} to be written next, together */
  #gathered = null;
  /** @type {Map<number, OutboxRow>} what lies there, by seq */
  #kept = new Map();
  #unwritten = false;
  #failures = 0;
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
    if (this.#gathered) {
      this.#gathered = together(this.#gathered, changes);
      return;
    }
    this.#gathered = changes;
    this.#writing = Promise.all([this.#writing, this.#writeGathered()]);
  }

  /** It has lost everything: write all of it again. */
  writeAll() {
    this.#kept.clear();
    this.#unwritten = true;
    this.write(NOTHING);
  }

  /** @returns {Promise<void>} resolved when all that was asked of it is done */
  async settled() {
    await this.#writing;
  }

  /** The lock is another tab's, and the disk with it. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#rewriting);
  }

  /** All that one turn brings, in one go; it leaves before the turn ends, if not too many are out. */
  async #writeGathered() {
    await null;
    while (this.#underway.size >= AT_ONCE) await Promise.race(this.#underway);
    const changes = this.#gathered ?? NOTHING;
    this.#gathered = null;
    const written = this.#write(changes);
    this.#underway.add(written);
    await written;
    this.#underway.delete(written);
  }

  /** @param {RowChanges} changes */
  async #write(changes) {
    if (this.#stopped) return;
    const failures = this.#failures;
    const isWhole = this.#unwritten;
    const written = isWhole ? this.#all(changes) : changes;
    try {
      await this.#ports.storage.write(this.#image, written);
      if (this.#stopped) return; // whoever has the lock now may have read the disk before this
      this.#note(written);
      if (isWhole && failures === this.#failures) this.#unwritten = false;
      if (!this.#unwritten) this.#ports.tell({ kind: "stored", error: null });
    } catch (error) {
      this.#failures += 1;
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

/**
 * @param {RowChanges} earlier
 * @param {RowChanges} later
 * @returns {RowChanges} of each row the last word
 */
function together(earlier, later) {
  const put = new Map(earlier.put.map((row) => [row.seq, row]));
  const remove = new Set([...earlier.remove, ...later.remove]);
  for (const seq of later.remove) put.delete(seq);
  for (const row of later.put) {
    put.set(row.seq, row);
    remove.delete(row.seq);
  }
  return { put: [...put.values()], remove: [...remove] };
}
