import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test, vi } from "vitest";
import { Connection, committed, settled } from "../../../frontend/src/api/connection.js";
import { databaseStorage, openConnection } from "../../../frontend/src/api/outbox/storage.js";

const makeA = (database) => database.createObjectStore("a");
const makeB = (database) => database.createObjectStore("b");
const fillB = (_, transaction) => transaction.objectStore("b").put("from a step", 1);

/** @type {IDBFactory} */
let factory;
beforeEach(() => {
  factory = new IDBFactory();
});

async function stores(connection) {
  return [...(await connection.database()).objectStoreNames];
}

test("a new browser goes through every step, an old one through those it lacks", async () => {
  const old = await Connection.open("test", [makeA], { factory });
  expect(await stores(old)).toEqual(["a"]);
  (await old.database()).transaction("a", "readwrite").objectStore("a").put("kept", 1);

  const steps = [makeA, makeB, fillB];
  const fresh = await Connection.open("test", steps, { factory });

  expect(await stores(fresh)).toEqual(["a", "b"]);
  const database = await fresh.database();
  expect(await settled(database.transaction("a").objectStore("a").get(1))).toBe("kept");
  expect(await settled(database.transaction("b").objectStore("b").get(1))).toBe("from a step");
});

test("a page older than the database asks to be reloaded", async () => {
  const old = await Connection.open("test", [makeA], { factory });
  await Connection.open("test", [makeA, makeB], { factory });

  await expect(old.database()).rejects.toThrow("newer version of this page is open");
  await expect(Connection.open("test", [makeA], { factory })).rejects.toThrow("newer version");
});

test("a database that was taken away is made again, and that is told", async () => {
  const connection = await Connection.open("test", [makeA], { factory });
  let told = 0;
  connection.onEmptied(() => {
    told += 1;
  });

  await settled(factory.deleteDatabase("test"));

  expect(told).toBe(1);
  expect(await stores(connection)).toEqual(["a"]);
});

test("a browser that does not answer is given up", async () => {
  const silent = { open: () => ({}) };

  const opening = Connection.open("test", [makeA], { factory: silent, patience_ms: 1 });

  await expect(opening).rejects.toThrow("does not answer");
});

test("a database that opens after it was given up stands in nobody's way", async () => {
  let opensAtLast = () => {};
  const slow = {
    open: (name, version) => {
      const real = factory.open(name, version);
      const request = { transaction: null };
      real.onupgradeneeded = (event) => {
        request.result = real.result;
        request.transaction = real.transaction;
        request.onupgradeneeded(event);
      };
      const isOpen = new Promise((resolve) => {
        real.onsuccess = resolve;
      });
      opensAtLast = () => isOpen.then(() => request.onsuccess());
      return request;
    },
  };
  const opening = Connection.open("test", [makeA], { factory: slow, patience_ms: 1 });
  await expect(opening).rejects.toThrow("does not answer");
  await opensAtLast();

  const newer = await Connection.open("test", [makeA, makeB], { factory });

  expect(await stores(newer)).toEqual(["a", "b"]);
});

test("a transaction and a question that the browser never answers are given up", async () => {
  vi.useFakeTimers();
  try {
    const written = expect(committed({})).rejects.toThrow("does not answer");
    const asked = expect(settled({})).rejects.toThrow("does not answer");
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all([written, asked]);
  } finally {
    vi.useRealTimers();
  }
});

test("a browser without storage says so", async () => {
  const opening = Connection.open("test", [makeA], { factory: null });

  await expect(opening).rejects.toThrow("no storage for pages");
});

test("the outbox's first version is read as it was written", async () => {
  const row = {
    seq: 4,
    change_id: "0c4b",
    image: 7,
    id: "a",
    op: "delete",
    base_revision: 2,
    body: null,
    attempted: true,
    state: "waiting",
    problem: null,
    current: null,
    at: 1_763_000_000_000,
  };
  const first = (database) => {
    const rows = database.createObjectStore("rows", { keyPath: ["image", "seq"] });
    rows.createIndex("image", "image");
    database.createObjectStore("seen", { keyPath: "image" });
    database.createObjectStore("locks", { keyPath: "name" });
    rows.put(row);
  };
  const old = await Connection.open("test", [first], { factory });
  (await old.database()).close();

  const storage = databaseStorage(await openConnection("test", { factory }));

  expect(await storage.images()).toEqual([7]);
  expect(await storage.rowsOf(7)).toEqual([row]);
});
