/**
 * Where unsent changes lie: IndexedDB with strict durability, each write read back. Beside the
 * rows the
 * highest revision seen of each object, since a server restored from an old backup must not pass
 * as current.
 */

import { isRecord } from "../client.js";
import { begin, Connection, committed, committedAtOnce, settled } from "../connection.js";

/**
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 * @typedef {import("./rows.js").RowChanges} RowChanges
 */

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
 * @property {(listener: () => void) => () => void} onEmptied everything kept is gone
 */

/**
 * One step a version, kept for ever: a browser may come back from any of them.
 * @type {readonly import("../connection.js").Step[]}
 */
const STEPS = [
  (database) => {
    const rows = database.createObjectStore(ROWS, { keyPath: ["image", "seq"] });
    rows.createIndex("image", "image");
    database.createObjectStore(SEEN, { keyPath: "image" });
    database.createObjectStore(LOCKS, { keyPath: "name" });
  },
];

/**
 * @param {string} name one per data folder and user
 * @param {import("../connection.js").ConnectionOptions} [options]
 * @returns {Promise<Connection>}
 */
export function openConnection(name, options) {
  return Connection.open(name, STEPS, options);
}

/**
 * @param {Connection} connection
 * @returns {Storage}
 */
export function databaseStorage(connection) {
  return {
    durable: true,
    images: async () => {
      const store = await read(connection, ROWS);
      const keys = /** @type {[number, number][]} */ (await settled(store.getAllKeys()));
      return [...new Set(keys.map(([image]) => image))];
    },
    rowsOf: async (image) => {
      const store = await read(connection, ROWS);
      const rows = await settled(store.index("image").getAll(image));
      return /** @type {OutboxRow[]} */ (rows).sort((a, b) => a.seq - b.seq);
    },
    write: (image, changes) => writeRows(connection, image, changes),
    seen: async (image) => {
      const found = await settled((await read(connection, SEEN)).get(image));
      return new Map(
        isRecord(found)
          ? Object.entries(/** @type {Record<string, number>} */ (found.revisions))
          : [],
      );
    },
    noteSeen: (image, revisions) => writeSeen(connection, image, revisions),
    onEmptied: (listener) => connection.onEmptied(listener),
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
    onEmptied: () => () => {},
  };
}

/**
 * @param {Connection} connection
 * @param {number} image
 * @param {RowChanges} changes
 */
async function writeRows(connection, image, { put, remove }) {
  const transaction = begin(await connection.database(), ROWS, "readwrite");
  const store = transaction.objectStore(ROWS);
  for (const row of put) store.put(row);
  for (const seq of remove) store.delete([image, seq]);
  await committedAtOnce(transaction, ROWS, put);
}

/**
 * @param {Connection} connection
 * @param {number} image
 * @param {ReadonlyMap<string, number>} revisions
 */
async function writeSeen(connection, image, revisions) {
  const transaction = begin(await connection.database(), SEEN, "readwrite");
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
 * @param {Connection} connection
 * @param {string} store
 */
async function read(connection, store) {
  return begin(await connection.database(), store).objectStore(store);
}
