/**
 * Undo steps of each image, kept in this browser as strictly as unsent changes: on disk before it
 * is said, and read back. They have a database of their own, so that the outbox never waits for
 * them, and give way to it when the room is short.
 */

import { begin, Connection, committed, committedAtOnce, settled } from "./connection.js";

/** @typedef {import("../model/steps.js").StepRecord} StepRecord */
/** @typedef {StepRecord & {readonly image: number, readonly seq: number}} StepRow */
/** @typedef {{image: number, done: number, at: number}} Mark */
/**
 * @typedef {Object} StepChanges
 * @property {readonly StepRow[]} put
 * @property {readonly number[] | "all"} remove by their seq; all: whatever lies there of the image
 * @property {number} done
 */
/** @typedef {{readonly rows: readonly StepRow[], readonly done: number}} Kept */

const ROWS = "steps";
const MARKS = "marks";
const BOTH = [ROWS, MARKS];
const KEPT_IMAGES = 50;

/** @type {readonly import("./connection.js").Step[]} */
const STEPS = [
  (database) => {
    database.createObjectStore(ROWS, { keyPath: ["image", "seq"] }).createIndex("image", "image");
    database.createObjectStore(MARKS, { keyPath: "image" });
  },
];

export class PastSteps {
  #connection;
  /** @type {Promise<unknown>} */
  #writing = Promise.resolve();

  /** @param {Connection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * @param {string} scope data folder and user
   * @param {import("./connection.js").ConnectionOptions} [options]
   */
  static async open(scope, options) {
    return new PastSteps(await Connection.open(`maskwright-undo:${scope}`, STEPS, options));
  }

  /**
   * @param {number} image
   * @returns {Promise<Kept>} in the order of time; `done` of them can be undone
   */
  async read(image) {
    await this.#writing.catch(() => {}); // told to whoever wrote
    const transaction = begin(await this.#connection.database(), BOTH);
    const [rows, mark] = await Promise.all([
      settled(transaction.objectStore(ROWS).index("image").getAll(image)),
      settled(transaction.objectStore(MARKS).get(image)),
    ]);
    const sorted = /** @type {StepRow[]} */ (rows).sort((a, b) => a.seq - b.seq);
    const done = /** @type {Mark | undefined} */ (mark)?.done ?? 0;
    return { rows: sorted, done: Math.min(done, sorted.length) };
  }

  /**
   * @param {number} image
   * @param {StepChanges} changes
   * @returns {Promise<void>} rejects unless it is on disk
   */
  write(image, changes) {
    const written = this.#writing.catch(() => {}).then(() => this.#write(image, changes));
    this.#writing = written;
    return written;
  }

  /** Forget everything of every image: unsent changes need the room more. */
  async clear() {
    const transaction = begin(await this.#connection.database(), BOTH, "readwrite");
    transaction.objectStore(ROWS).clear();
    transaction.objectStore(MARKS).clear();
    await committed(transaction);
  }

  /**
   * @param {number} image
   * @param {StepChanges} changes
   */
  async #write(image, { put, remove, done }) {
    const transaction = begin(await this.#connection.database(), BOTH, "readwrite");
    const rows = transaction.objectStore(ROWS);
    if (remove === "all") rows.delete(IDBKeyRange.bound([image], [image, []]));
    else for (const seq of remove) rows.delete([image, seq]);
    for (const row of put) rows.put(row);
    transaction.objectStore(MARKS).put({ image, done, at: Date.now() });
    await committedAtOnce(transaction, ROWS, put);
    await this.#forgetOldest();
  }

  async #forgetOldest() {
    const transaction = begin(await this.#connection.database(), BOTH, "readwrite");
    const marks = transaction.objectStore(MARKS);
    if ((await settled(marks.count())) <= KEPT_IMAGES) return;
    const all = /** @type {Mark[]} */ (await settled(marks.getAll()));
    all.sort((a, b) => a.at - b.at);
    for (const { image } of all.slice(0, all.length - KEPT_IMAGES)) {
      marks.delete(image);
      transaction.objectStore(ROWS).delete(IDBKeyRange.bound([image], [image, []]));
    }
    await committed(transaction);
  }
}
