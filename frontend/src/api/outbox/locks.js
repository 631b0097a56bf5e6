/**
 * One tab writes an image. Web Locks where the context is secure; on plain http (a LAN address)
 * they are
 * missing, and a row with a heartbeat in IndexedDB takes their place.
 */

import { begin, committed, settled } from "../connection.js";
import { LOCKS } from "./storage.js";

/**
 * @typedef {Object} Held
 * @property {() => void} release
 * @property {Promise<void>} lost settles when another tab took it away, or after release
 */

/**
 * @typedef {Object} Locks
 * @property {(name: string) => Promise<Held | null>} take null: another tab has it
 * @property {(name: string) => Promise<Held>} steal from whichever tab has it
 */

/** @returns {boolean} */
export const hasWebLocks = () =>
  typeof navigator !== "undefined" && "locks" in navigator && navigator.locks !== undefined;

/**
 * @param {LockManager} manager
 * @param {string} scope goes before each name
 * @returns {Locks}
 */
export function webLocks(manager, scope) {
  /**
   * @param {string} name
   * @param {LockOptions} options
   * @returns {Promise<Held | null>}
   */
  const request = (name, options) =>
    new Promise((resolve, reject) => {
      /** @type {() => void} */
      let release = () => {};
      const kept = new Promise((done) => {
        release = () => done(undefined);
      });
      /** @type {() => void} */
      let tellLost = () => {};
      /** @type {Promise<void>} */
      const lost = new Promise((done) => {
        tellLost = () => done();
      });
      manager
        .request(`${scope}:${name}`, options, (lock) => {
          resolve(lock ? { release, lost } : null);
          return lock ? kept : undefined;
        })
        .then(tellLost, (error) => {
          tellLost(); // stolen
          reject(error); // before it was granted; a settled promise ignores this
        });
    });
  return {
    take: (name) => request(name, { ifAvailable: true }),
    steal: async (name) => {
      const held = await request(name, { steal: true });
      if (!held) throw new Error("a stolen lock was not granted");
      return held;
    },
  };
}

const BEAT_MS = 2_000;
/** Timers of hidden tabs run once a minute: silence counts only when it is longer than that. */
const DEAD_MS = 90_000;

/** @typedef {{name: string, owner: string, beat: number}} LockRow */

/**
 * @param {import("../connection.js").Connection} connection
 * @param {Object} options
 * @param {string} options.owner this tab's name, a UUID
 * @param {() => number} [options.now]
 * @param {number} [options.beat_ms]
 * @returns {Locks}
 */
export function rowLocks(connection, { owner, now = Date.now, beat_ms = BEAT_MS }) {
  /**
   * @param {string} name
   * @param {(found: LockRow | undefined) => boolean} mayHave
   */
  const write = async (name, mayHave) => {
    const transaction = begin(await connection.database(), LOCKS, "readwrite");
    const store = transaction.objectStore(LOCKS);
    const found = /** @type {LockRow | undefined} */ (await settled(store.get(name)));
    const granted = mayHave(found);
    if (granted) store.put({ name, owner, beat: now() });
    await committed(transaction);
    return granted;
  };

  /** @param {string} name @returns {Held} */
  const hold = (name) => {
    /** @type {() => void} */
    let tellLost = () => {};
    /** @type {Promise<void>} */
    const lost = new Promise((done) => {
      tellLost = () => done();
    });
    const timer = setInterval(async () => {
      // Storage that fails does not say that another tab has it. A row that is gone does: that tab
      // had it and has left, and what is shown here may be older.
      if (await write(name, (found) => found?.owner === owner).catch(() => true)) return;
      clearInterval(timer);
      tellLost();
    }, beat_ms);
    const release = () => {
      clearInterval(timer);
      void forget(connection, name, owner).finally(tellLost);
    };
    globalThis.addEventListener?.("pagehide", release, { once: true });
    return { release, lost };
  };

  const isFree = (/** @type {LockRow | undefined} */ found) =>
    !found || found.owner === owner || now() - found.beat > DEAD_MS;
  return {
    take: async (name) => ((await write(name, isFree)) ? hold(name) : null),
    steal: async (name) => {
      await write(name, () => true);
      return hold(name);
    },
  };
}

/**
 * @param {import("../connection.js").Connection} connection
 * @param {string} name
 * @param {string} owner
 */
async function forget(connection, name, owner) {
  const transaction = begin(await connection.database(), LOCKS, "readwrite");
  const store = transaction.objectStore(LOCKS);
  const found = /** @type {LockRow | undefined} */ (await settled(store.get(name)));
  if (found?.owner === owner) store.delete(name);
  await committed(transaction);
}

/**
 * Storage is blocked: tabs cannot see each other, and If-Match on the server is the only guard.
 * @returns {Locks}
 */
export function noLocks() {
  const hold = async () => {
    /** @type {() => void} */
    let release = () => {};
    /** @type {Promise<void>} */
    const lost = new Promise((done) => {
      release = () => done();
    });
    return { release, lost };
  };
  return { take: hold, steal: hold };
}
