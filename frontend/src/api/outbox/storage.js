/**
 * Where unsent changes lie: IndexedDB with strict durability, each write read back. Beside the
 * rows the
 * highest revision seen of each object, since a server restored from an old backup must not pass
 * as current.
 */

import { isRecord } from "../client.js";

/**
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 * @typedef {import("./rows.js").RowChanges} RowChanges
 */

const VERSION = 1;
const ROWS = "rows";
const SEEN = "seen";
export const LOCKS = "locks";
const KEPT_IMAGES = 500; // revisions of the images seen last; about 20 kB each at 500 objects

/**
 * @typedef {Object} Storage
 * @property {boolean} durable survives the page
 * @property {() => Promise<number[]>} images ids of those with rows
 * @property {(image: number) => Promise<OutboxRow[]>} rowsOf oldest first
 * @property {(image: number, changes: RowChanges) => Promise<void>} write rejects unless it is on
 *   disk
 * @property {(image: number) => Promise<Map<string, number>>} seen highest revision by object
 * @property {(image: number, revisions: ReadonlyMap<string, number>) => Promise<void>} noteSeen
 */

/** Storage refused: full, blocked, or not what was written. */
export class StorageFailure extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "StorageFailure";
  }
}

/**
 * @param {string} name one per data folder and user
 * @param {IDBFactory | undefined} factory
 * @returns {Promise<IDBDatabase>}
 */
export function openDatabase(name, factory = globalThis.indexedDB) {
  if (!factory) return Promise.reject(new StorageFailure("This browser has no storage for pages."));
  return new Promise((resolve, reject) => {
    const request = factory.open(name, VERSION);
    request.onupgradeneeded = () => layOut(request.result);
    request.onblocked = () =>
      reject(new StorageFailure("An older version of this page is open in another tab."));
    request.onerror = () => reject(failureOf(request.error));
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

/** @param {IDBDatabase} database */
function layOut(database) {
  const rows = database.createObjectStore(ROWS, { keyPath: ["image", "seq"] });
  rows.createIndex("image", "image");
  database.createObjectStore(SEEN, { keyPath: "image" });
  database.createObjectStore(LOCKS, { keyPath: "name" });
}

/**
 * @param {IDBDatabase} database
 * @returns {Storage}
 */
export function databaseStorage(database) {
  return {
    durable: true,
    images: async () => {
      const rows = await readAll(database, ROWS);
      return [...new Set(rows.map((row) => /** @type {OutboxRow} */ (row).image))];
    },
    rowsOf: async (image) => {
      const store = database.transaction(ROWS).objectStore(ROWS);
      const rows = await settled(store.index("image").getAll(image));
      return /** @type {OutboxRow[]} */ (rows).sort((a, b) => a.seq - b.seq);
    },
    write: (image, changes) => writeRows(database, image, changes),
    seen: async (image) => {
      const found = await settled(database.transaction(SEEN).objectStore(SEEN).get(image));
      return new Map(
        isRecord(found)
          ? Object.entries(/** @type {Record<string, number>} */ (found.revisions))
          : [],
      );
    },
    noteSeen: (image, revisions) => writeSeen(database, image, revisions),
  };
}

/**
 * Nothing but memory: edits are sent, but a closed page loses what was not.
 * @returns {Storage}
 */
export function memoryStorage() {
  /** @type {Map<number, Map<string, number>>} */
  const seen = new Map();
  return {
    durable: false,
    images: async () => [],
    rowsOf: async () => [],
    write: async () => {},
    seen: async (image) => new Map(seen.get(image)),
    noteSeen: async (image, revisions) => {
      seen.set(image, new Map([...(seen.get(image) ?? []), ...revisions]));
    },
  };
}

/**
 * @param {IDBDatabase} database
 * @param {number} image
 * @param {RowChanges} changes
 */
async function writeRows(database, image, { put, remove }) {
  const transaction = begin(database, ROWS);
  const store = transaction.objectStore(ROWS);
  for (const row of put) store.put(row);
  for (const seq of remove) store.delete([image, seq]);
  await committed(transaction);
  await readBack(database, put);
}

/**
 * @param {IDBDatabase} database
 * @param {readonly OutboxRow[]} rows
 */
async function readBack(database, rows) {
  const store = database.transaction(ROWS).objectStore(ROWS);
  const found = await Promise.all(rows.map((row) => settled(store.get([row.image, row.seq]))));
  rows.forEach((row, i) => {
    if (JSON.stringify(found[i]) !== JSON.stringify(row))
      throw new StorageFailure("The browser's storage gave back something else than was written.");
  });
}

/**
 * @param {IDBDatabase} database
 * @param {number} image
 * @param {ReadonlyMap<string, number>} revisions
 */
async function writeSeen(database, image, revisions) {
  const transaction = begin(database, SEEN);
  const store = transaction.objectStore(SEEN);
  const found = await settled(store.get(image));
  const known = isRecord(found) && isRecord(found.revisions) ? found.revisions : {};
  store.put({ image, at: Date.now(), revisions: { ...known, ...Object.fromEntries(revisions) } });
  await forgetOldest(store);
  await committed(transaction);
}

/** @param {IDBObjectStore} store */
async function forgetOldest(store) {
  if ((await settled(store.count())) <= KEPT_IMAGES) return;
  const all = /** @type {{image: number, at: number}[]} */ (await settled(store.getAll()));
  all.sort((a, b) => a.at - b.at);
  for (const { image } of all.slice(0, all.length - KEPT_IMAGES)) store.delete(image);
}

/**
 * @param {IDBDatabase} database
 * @param {string} store
 */
export function begin(database, store) {
  try {
    return database.transaction(store, "readwrite", { durability: "strict" });
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * @param {IDBDatabase} database
 * @param {string} store
 */
function readAll(database, store) {
  return settled(database.transaction(store).objectStore(store).getAll());
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failureOf(request.error));
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
export function committed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(failureOf(transaction.error));
  });
}

/** @param {unknown} error */
function failureOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError")
    return new StorageFailure("The browser's storage for this page is full.");
  return new StorageFailure(`The browser's storage failed${name ? ` (${name})` : ""}.`);
}
