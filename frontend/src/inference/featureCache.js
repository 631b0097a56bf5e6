/**
 * Embeddings kept in the browser (IndexedDB) up to a number of bytes; those unused for longest go.
 * Keys are made of content (sha256 of the image, segmenter, version), so nothing here grows stale.
 * A cache only: when the browser refuses it, embeddings are fetched again.
 */

const DATABASE = "maskwright-features";
const VERSION = 1;
const FEATURES = "features";
const USES = "uses"; // small rows beside the large ones, to be read all at once
export const BUDGET_BYTES = 256 * 2 ** 20;

/** @typedef {{readonly shape: readonly number[], readonly half: ArrayBuffer}} StoredFeatures */
/** @typedef {{key: string, bytes: number, usedAt: number}} Use */

export class FeatureCache {
  #database;
  #budget;
  #now;

  /**
   * @param {IDBDatabase} database
   * @param {{budget?: number, now?: () => number}} [options]
   */
  constructor(database, { budget = BUDGET_BYTES, now = Date.now } = {}) {
    this.#database = database;
    this.#budget = budget;
    this.#now = now;
  }

  /**
   * @param {IDBFactory | undefined} [factory]
   * @param {{budget?: number, now?: () => number}} [options]
   * @returns {Promise<FeatureCache>}
   */
  static async open(factory = globalThis.indexedDB, options = {}) {
    if (!factory) throw new Error("this browser has no storage for pages");
    const request = factory.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(FEATURES);
      request.result.createObjectStore(USES, { keyPath: "key" });
    };
    const database = await settled(request);
    database.onversionchange = () => database.close();
    return new FeatureCache(database, options);
  }

  /**
   * @param {string} key
   * @returns {Promise<StoredFeatures | null>}
   */
  async get(key) {
    const change = this.#database.transaction([FEATURES, USES], "readwrite");
    const done = completed(change);
    const found = await settled(change.objectStore(FEATURES).get(key));
    if (found) change.objectStore(USES).put(this.#use(key, found.half.byteLength));
    await done;
    return found ?? null;
  }

  /**
   * @param {string} key
   * @param {StoredFeatures} features
   */
  async put(key, features) {
    const bytes = features.half.byteLength;
    if (bytes > this.#budget) return;
    const change = this.#database.transaction([FEATURES, USES], "readwrite");
    const done = completed(change);
    change.objectStore(FEATURES).put(features, key);
    change.objectStore(USES).put(this.#use(key, bytes));
    const uses = /** @type {Use[]} */ (await settled(change.objectStore(USES).getAll()));
    for (const gone of this.#excess(uses)) {
      change.objectStore(FEATURES).delete(gone);
      change.objectStore(USES).delete(gone);
    }
    await done;
  }

  close() {
    this.#database.close();
  }

  /** @param {string} key @param {number} bytes @returns {Use} */
  #use(key, bytes) {
    return { key, bytes, usedAt: this.#now() };
  }

  /**
   * @param {readonly Use[]} uses
   * @returns {string[]} keys to be dropped
   */
  #excess(uses) {
    let total = uses.reduce((sum, { bytes }) => sum + bytes, 0);
    /** @type {string[]} */
    const dropped = [];
    for (const { key, bytes } of [...uses].sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#budget) break;
      dropped.push(key);
      total -= bytes;
    }
    return dropped;
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @param {IDBTransaction} change @returns {Promise<void>} */
function completed(change) {
  return new Promise((resolve, reject) => {
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error);
    change.onerror = () => reject(change.error);
  });
}
