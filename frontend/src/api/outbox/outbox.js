/**
 * The outbox: every change goes here first and leaves only when the server has named the revision
 * under which
 * it lies on its disk. One lane an image; what an earlier page left is sent by whichever tab gets
 * its lock.
 */

import { Lane, wireChange } from "./lane.js";
import { noLocks } from "./locks.js";
import { OpenLanes } from "./openLanes.js";

/**
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 * @typedef {import("./rows.js").Edit} Edit
 * @typedef {import("./rows.js").RowProblem} RowProblem
 * @typedef {import("./storage.js").Storage} Storage
 * @typedef {import("./locks.js").Locks} Locks
 * @typedef {import("./lane.js").LaneEvent} LaneEvent
 * @typedef {import("../wire.js").WireBody} WireBody
 */

const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 10_000;

/**
 * @typedef {Object} OutboxStatus
 * @property {number} unsent
 * @property {readonly OutboxRow[]} conflicts
 * @property {readonly OutboxRow[]} failed
 * @property {RowProblem | null} problem why the last request did not get through
 * @property {boolean} durable false: a closed page loses what is unsent
 * @property {string} storageProblem in words, "" if storage works
 * @property {number | null} savedAt when the server last acknowledged something, ms since 1970
 */

/**
 * @typedef {Object} OutboxOptions
 * @property {Storage} storage
 * @property {Locks} locks
 * @property {import("./handOver.js").HandOver} [handOver]
 * @property {(image: number, json: readonly unknown[]) => Promise<unknown>} send
 * @property {() => string} newId
 * @property {() => number} [now]
 * @property {(tries: number) => number} [backoff_ms]
 * @property {string} [storageProblem] why there is only memory
 */

export class Outbox {
  #options;
  #lanes;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Set<(image: number, id: string, revision: number) => void>} */
  #savedListeners = new Set();
  /** @type {Set<(image: number) => void>} */
  #lostListeners = new Set();
  /** @type {Map<number, Map<string, number>>} */
  #unseen = new Map();
  /** @type {Map<number, number>} */
  #saves = new Map();
  /** @type {number | null} */
  #savedAt = null;
  #storageProblem;

  /** @param {OutboxOptions} options */
  constructor(options) {
    this.#options = options;
    this.#storageProblem = options.storageProblem ?? "";
    this.#lanes = new OpenLanes({
      lock: (image, steal) => this.#lock(image, steal),
      handOver: options.handOver,
      newLane: (image) => this.#newLane(image),
      tellChanged: () => this.#hear({ kind: "changed" }),
      tellLost: (image) => {
        for (const listener of this.#lostListeners) listener(image);
      },
    });
    options.storage.onEmptied(() => {
      for (const lane of this.#lanes.all()) lane.keepAll();
    });
  }

  /**
   * Become the tab that writes this image.
   * @param {number} image
   * @param {{steal?: boolean}} [options] steal: from the tab that has it
   * @returns {Promise<boolean>} false: another tab writes it
   */
  open(image, { steal = false } = {}) {
    return this.#lanes.open(image, { steal });
  }

  /** @param {number} image no longer looked at; what is unsent still goes out */
  leave(image) {
    this.#lanes.leave(image);
  }

  /** Send what earlier pages left, of images that no other tab has. */
  async sweep() {
    const images = await this.#options.storage.images().catch((error) => {
      this.#noteStorage(error);
      return [];
    });
    for (const image of images) await this.#lanes.pickUp(image);
  }

  /**
   * @param {number} image an open one
   * @param {readonly Edit[]} edits
   * @returns {Promise<void>} resolved when they survive the page
   */
  record(image, edits) {
    const lane = this.#lanes.get(image);
    if (!lane) throw new Error(`image ${image} is not open for writing`);
    return lane.record(edits);
  }

  /**
   * @param {number} image
   * @returns {readonly OutboxRow[]} oldest first
   */
  rowsOf(image) {
    return this.#lanes.of(image).flatMap((lane) => lane.rows);
  }

  /** @param {number} image whether this tab still writes it */
  writes(image) {
    return this.#lanes.writes(image);
  }

  /**
   * Counts what the server has acknowledged: a list asked for before the count went up may lack what
   * is no longer unsent.
   * @param {number} image
   */
  saves(image) {
    return this.#saves.get(image) ?? 0;
  }

  /** Try everything at once. */
  wake() {
    for (const lane of this.#lanes.all()) lane.wake();
  }

  /** @param {OutboxRow} row */
  retry(row) {
    this.#laneOf(row)?.retry(row.seq);
  }

  /** @param {OutboxRow} row */
  discard(row) {
    this.#laneOf(row)?.discard(row.id);
  }

  /**
   * @param {OutboxRow} row
   * @param {import("./lane.js").Choice} choice
   * @returns {string | null} id of the object that holds the person's own state
   */
  resolve(row, choice) {
    return this.#laneOf(row)?.resolve(row.id, choice) ?? null;
  }

  /** @returns {OutboxStatus} */
  status() {
    const rows = this.#allRows();
    const lanes = this.#lanes.all();
    const problems = lanes.map((lane) => (lane.rows.length ? lane.problem : null));
    const isKept = this.#options.storage.durable && this.#storageProblem === "";
    return {
      unsent: rows.length,
      conflicts: conflictsIn(rows),
      failed: rows.filter((row) => row.state === "failed"),
      problem: problems.find((problem) => problem !== null) ?? null,
      durable: isKept && !lanes.some((lane) => lane.isDetached && lane.rows.length > 0),
      storageProblem: this.#storageProblem,
      savedAt: this.#savedAt,
    };
  }

  /**
   * @param {number} image
   * @returns {Promise<boolean>} true once nothing of it is unsent; false when something stands
   */
  drained(image) {
    return new Promise((resolve) => {
      const look = () => {
        const rows = this.rowsOf(image);
        const stands =
          rows.some((row) => row.state !== "waiting") ||
          this.#lanes.of(image).some((lane) => lane.problem !== null);
        if (rows.length > 0 && !stands) return;
        this.#listeners.delete(look);
        resolve(rows.length === 0);
      };
      this.#listeners.add(look);
      look();
    });
  }

  /**
   * Compare what the server shows with the highest revisions that it ever acknowledged here.
   * @param {number} image
   * @param {ReadonlyMap<string, number>} revisions
   * @returns {Promise<readonly string[]>} ids of objects that went backwards
   */
  async wentBackwards(image, revisions) {
    const seen = await this.#options.storage.seen(image).catch(() => new Map());
    const older = [...revisions].filter(([id, revision]) => revision < (seen.get(id) ?? 0));
    if (older.length === 0)
      await this.#options.storage.noteSeen(image, revisions).catch(this.#noteStorage);
    return older.map(([id]) => id);
  }

  /** Everything unsent in the API's terms, to be kept as a file. */
  unsentChanges() {
    const unreadable = this.#lanes.all().flatMap((lane) => lane.unreadable);
    const rows = this.#allRows().map((row) => ({
      image: row.image,
      made_at: new Date(row.at).toISOString(),
      ...wireChange(row),
    }));
    return [...rows, ...unreadable];
  }

  /** @param {() => void} listener @returns {() => void} stop listening */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * @param {(image: number, id: string, revision: number) => void} listener
   * @returns {() => void} stop listening
   */
  onSaved(listener) {
    this.#savedListeners.add(listener);
    return () => this.#savedListeners.delete(listener);
  }

  /**
   * @param {(image: number) => void} listener another tab took the image
   * @returns {() => void} stop listening
   */
  onLost(listener) {
    this.#lostListeners.add(listener);
    return () => this.#lostListeners.delete(listener);
  }

  #allRows() {
    return this.#lanes.all().flatMap((lane) => lane.rows);
  }

  /** @param {OutboxRow} row */
  #laneOf({ image, id, seq }) {
    const holds = (/** @type {OutboxRow} */ row) => row.id === id && row.seq === seq;
    return this.#lanes.of(image).find((lane) => lane.rows.some(holds));
  }

  /**
   * Storage that fails must not keep an image closed: If-Match on the server is a guard still.
   * @param {number} image
   * @param {boolean} steal
   */
  async #lock(image, steal) {
    const { locks } = this.#options;
    try {
      return await (steal ? locks.steal(lockName(image)) : locks.take(lockName(image)));
    } catch (error) {
      this.#noteStorage(error instanceof Error ? error : new Error(String(error)));
      return noLocks().take(lockName(image));
    }
  }

  /** @param {number} image */
  #newLane(image) {
    const { storage, send, newId, now = Date.now, backoff_ms = backoff } = this.#options;
    return new Lane(image, { storage, send, newId, now, backoff_ms, tell: this.#hear });
  }

  /** @param {LaneEvent} event */
  #hear = (event) => {
    if (event.kind === "saved") this.#noteSaved(event);
    if (event.kind === "stored") this.#noteStorage(event.error);
    this.#lanes.closeDone();
    for (const listener of [...this.#listeners]) listener();
  };

  /** @param {{image: number, id: string, revision: number}} event */
  #noteSaved({ image, id, revision }) {
    this.#savedAt = (this.#options.now ?? Date.now)();
    this.#saves.set(image, this.saves(image) + 1);
    for (const listener of this.#savedListeners) listener(image, id, revision);
    if (this.#unseen.size === 0) queueMicrotask(() => this.#flushSeen());
    this.#unseen.set(image, (this.#unseen.get(image) ?? new Map()).set(id, revision));
  }

  #flushSeen() {
    const batches = [...this.#unseen];
    this.#unseen.clear();
    for (const [image, revisions] of batches)
      this.#options.storage.noteSeen(image, revisions).catch(this.#noteStorage);
  }

  /** @param {Error | null} error */
  #noteStorage = (error) => {
    this.#storageProblem = error ? error.message : (this.#options.storageProblem ?? "");
  };
}

/**
 * Each with what the person left last, which may wait in a row behind.
 * @param {readonly OutboxRow[]} rows
 */
function conflictsIn(rows) {
  const conflicts = rows.filter((row) => row.state === "conflict");
  return conflicts.map((row) => {
    const newest = rows.filter((one) => one.image === row.image && one.id === row.id).at(-1) ?? row;
    return newest === row ? row : { ...row, op: newest.op, body: newest.body, at: newest.at };
  });
}

/** @param {number} image */
const lockName = (image) => `image:${image}`;

/** @param {number} tries */
function backoff(tries) {
  const wait = Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (tries - 1));
  return wait * (0.75 + Math.random() / 2);
}
