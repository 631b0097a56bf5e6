/**
 * A connection to an IndexedDB database: one step for each version, none skipped, and opened again
 * when the browser has closed it (storage cleared). Whoever keeps something in this browser opens
 * it here, under a name of its own, so that no store's upgrade waits for another's tabs.
 */

import { t } from "../texts.js";

/** A browser may leave an opening unanswered for ever: a damaged profile, a tab that hangs. */
const PATIENCE_MS = 8_000;

/**
 * What a version adds to the one before it. A step that has shipped is never changed.
 * @typedef {(database: IDBDatabase, transaction: IDBTransaction) => void} Step
 */

/**
 * @typedef {Object} ConnectionOptions
 * @property {IDBFactory} [factory]
 * @property {number} [patience_ms]
 */

/** Storage refused: full, blocked, or not what was written. */
export class StorageFailure extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "StorageFailure";
  }
}

export class Connection {
  #reopen;
  /** @type {Promise<IDBDatabase> | null} */
  #database = null;
  #outdated = false;
  /** @type {Set<() => void>} */
  #emptied = new Set();

  /** @param {() => Promise<IDBDatabase>} reopen */
  constructor(reopen) {
    this.#reopen = reopen;
  }

  /**
   * @param {string} name
   * @param {readonly Step[]} steps the last one makes the newest version
   * @param {ConnectionOptions} [options]
   * @returns {Promise<Connection>}
   * @throws {StorageFailure} in words fit to be shown
   */
  static async open(name, steps, options = {}) {
    const connection = new Connection(() => openDatabase(name, steps, options));
    await connection.database();
    return connection;
  }

  /** @returns {Promise<IDBDatabase>} an open one */
  async database() {
    if (this.#outdated)
      throw new StorageFailure(
        t("A newer version of this page is open in another tab: reload this."),
      );
    this.#database ??= this.#reopen().then((database) => this.#watch(database));
    try {
      return await this.#database;
    } catch (error) {
      this.#database = null;
      throw error;
    }
  }

  /**
   * @param {() => void} listener called when all that was kept is gone, as after "clear site data"
   * @returns {() => void} stop listening
   */
  onEmptied(listener) {
    this.#emptied.add(listener);
    return () => this.#emptied.delete(listener);
  }

  /** @param {IDBDatabase} database */
  #watch(database) {
    database.onclose = () => this.#forget();
    database.onversionchange = (event) => {
      database.close();
      if (event.newVersion === null) this.#forget();
      else this.#outdated = true;
    };
    return database;
  }

  #forget() {
    this.#database = null;
    for (const listener of [...this.#emptied]) listener();
  }
}

/**
 * @param {string} name
 * @param {readonly Step[]} steps
 * @param {ConnectionOptions} options
 * @returns {Promise<IDBDatabase>}
 */
async function openDatabase(
  name,
  steps,
  { factory = globalThis.indexedDB, patience_ms = PATIENCE_MS },
) {
  if (!factory) throw new StorageFailure(t("This browser has no storage for pages."));
  const request = factory.open(name, steps.length);
  request.onupgradeneeded = ({ oldVersion }) => {
    const { transaction } = request;
    if (transaction) for (const step of steps.slice(oldVersion)) step(request.result, transaction);
  };
  /** @type {Promise<IDBDatabase>} */
  const opening = patiently((resolve, reject) => {
    request.onblocked = () =>
      reject(new StorageFailure(t("An older version of this page is open in another tab.")));
    request.onerror = () => reject(failureOf(request.error));
    request.onsuccess = () => resolve(request.result);
  }, patience_ms);
  return opening.catch((error) => {
    // Opened after all, with nobody to use it, it would stand in the way of every other page.
    request.onsuccess = () => request.result.close();
    throw error;
  });
}

/**
 * @param {IDBDatabase} database
 * @param {string | string[]} stores
 * @param {"readonly" | "readwrite"} [mode]
 * @returns {IDBTransaction} what is written is on disk before it is told
 * @throws {StorageFailure}
 */
export function begin(database, stores, mode = "readonly") {
  try {
    return database.transaction(stores, mode, { durability: "strict" });
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 * @throws {StorageFailure}
 */
export function settled(request) {
  return patiently((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failureOf(request.error));
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 * @throws {StorageFailure}
 */
export function committed(transaction) {
  return patiently((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = () => reject(failureOf(transaction.error));
  });
}

/**
 * Nothing more is asked of the page: one that is closed now has still written its rows. By itself a
 * transaction is committed only after the page has heard of each request, which a closing one
 * never does.
 * @param {IDBTransaction} transaction begun in this turn, which asks for nothing more
 * @param {string} name of the store with the rows
 * @param {readonly {readonly image: number, readonly seq: number}[]} rows
 * @returns {Promise<void>} they are on disk, and were read back
 * @throws {StorageFailure}
 */
export async function committedAtOnce(transaction, name, rows) {
  const written = committed(transaction);
  transaction.commit();
  // Begun at once it comes after that transaction, and before any that overwrites the rows.
  await Promise.all([written, readBack(begin(transaction.db, name).objectStore(name), rows)]);
}

/**
 * @param {IDBObjectStore} store
 * @param {readonly {readonly image: number, readonly seq: number}[]} rows
 */
async function readBack(store, rows) {
  const found = await Promise.all(rows.map((row) => settled(store.get([row.image, row.seq]))));
  rows.forEach((row, i) => {
    if (JSON.stringify(found[i]) !== JSON.stringify(row))
      throw new StorageFailure(
        t("The browser's storage gave back something else than was written."),
      );
  });
}

/**
 * @template T
 * @param {(resolve: (value: T) => void, reject: (error: Error) => void) => void} begin
 * @param {number} [patience_ms]
 * @returns {Promise<T>}
 */
function patiently(begin, patience_ms = PATIENCE_MS) {
  return new Promise((resolve, reject) => {
    const give = () => reject(new StorageFailure(t("The browser's storage does not answer.")));
    const timer = setTimeout(give, patience_ms);
    /** @type {<V>(end: (value: V) => void) => (value: V) => void} */
    const ending = (end) => (value) => {
      clearTimeout(timer);
      end(value);
    };
    begin(ending(resolve), ending(reject));
  });
}

/** @param {unknown} error */
export function failureOf(error) {
  if (error instanceof StorageFailure) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError")
    return new StorageFailure(t("The browser's storage for this page is full."));
  if (name === "VersionError")
    return new StorageFailure(
      t("This browser keeps edits of a newer version of this page: reload."),
    );
  return new StorageFailure(
    name
      ? t("The browser's storage failed ({name}).", { name })
      : t("The browser's storage failed."),
  );
}
