// Which tab has an image, from the moment it asks for it to the last of its changes.
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, test } from "vitest";
import { NetworkFailure } from "../../../frontend/src/api/client.js";
import { StorageFailure } from "../../../frontend/src/api/connection.js";
import { tabHandOver } from "../../../frontend/src/api/outbox/handOver.js";
import { rowLocks, webLocks } from "../../../frontend/src/api/outbox/locks.js";
import { Outbox } from "../../../frontend/src/api/outbox/outbox.js";
import { databaseStorage, openConnection } from "../../../frontend/src/api/outbox/storage.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { FakeLockManager } from "./fake_locks.js";
import { FakeServer, put } from "./fake_server.js";
import { until, untilSent } from "./outbox_page.js";

/** @type {FakeServer} */
let server;
/** @type {ReturnType<typeof databaseStorage>} */
let disk;
/** @type {FakeLockManager} */
let manager;

beforeEach(async () => {
  server = new FakeServer();
  disk = databaseStorage(await openConnection("test", { factory: new IDBFactory() }));
  manager = new FakeLockManager();
});

function openTab(parts = {}) {
  return new Outbox({
    storage: disk,
    locks: webLocks(manager, "t"),
    send: (image, json) => server.send(image, json),
    newId,
    backoff_ms: () => 1,
    ...parts,
  });
}

/** The disk, failing on request; what a tab does with it counts as that tab's alone. */
function failingDisk() {
  const state = { isFull: false };
  const write = async (image, changes) => {
    if (state.isFull) throw new StorageFailure("full");
    await disk.write(image, changes);
  };
  return { state, storage: { ...disk, write } };
}

/** A line to the server that works when it is told to. */
function line() {
  const state = { isUp: false };
  const send = async (image, json) => {
    if (!state.isUp) throw new NetworkFailure("offline");
    return server.send(image, json);
  };
  return { state, send };
}

describe("opening", () => {
  test("twice at once is one opening", async () => {
    const outbox = openTab();

    expect(await Promise.all([outbox.open(1), outbox.open(1)])).toEqual([true, true]);

    await outbox.record(1, [put("a")]);
    await untilSent(outbox);
  });

  test.each([
    ["Web Locks", () => webLocks(manager, "t")],
    [
      "rows on the disk",
      async () => {
        const connection = await openConnection("locks", { factory: new IDBFactory() });
        return rowLocks(connection, { owner: "tab 1", beat_ms: 2 });
      },
    ],
  ])("again while it is being closed waits for that, with %s", async (_, locks) => {
    const outbox = openTab({ locks: await locks() });
    const lost = [];
    outbox.onLost((image) => lost.push(image));
    await outbox.open(1);

    outbox.leave(1);

    expect(await outbox.open(1)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([outbox.writes(1), lost]).toEqual([true, []]);
  });

  test("while it is being swept leaves it open", async () => {
    const before = openTab({ locks: webLocks(new FakeLockManager(), "t"), send: line().send });
    await before.open(1);
    await before.record(1, [put("a")]);
    const { state, send } = line(); // what is swept is not sent, and let go, before one looks
    const outbox = openTab({ send });

    const sweeping = outbox.sweep();
    await until(() => expect(manager.held.size).toBe(1));
    expect(await outbox.open(1)).toBe(true);
    await sweeping;
    state.isUp = true;
    await untilSent(outbox);

    expect(outbox.writes(1)).toBe(true);
  });

  test("slowly is not overtaken by a sweep", async () => {
    const before = openTab({ locks: webLocks(new FakeLockManager(), "t"), send: line().send });
    await before.open(1);
    await before.record(1, [put("a")]);
    const connection = await openConnection("locks", { factory: new IDBFactory() });
    const rowsOf = async (image) => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      return disk.rowsOf(image);
    };
    const outbox = openTab({
      storage: { ...disk, rowsOf },
      locks: rowLocks(connection, { owner: "tab 1", beat_ms: 2 }), // which this tab may take twice
    });

    await Promise.all([outbox.open(1), outbox.sweep()]);
    await untilSent(outbox);

    expect(outbox.writes(1)).toBe(true);
  });

  test("fails when another tab takes the image meanwhile", async () => {
    let read;
    const isRead = new Promise((resolve) => {
      read = resolve;
    });
    const rowsOf = async (image) => {
      await isRead;
      return disk.rowsOf(image);
    };
    const outbox = openTab({ storage: { ...disk, rowsOf } });

    const opening = outbox.open(1);
    await until(() => expect(manager.held.size).toBe(1));
    await openTab().open(1, { steal: true });
    read();

    expect(await opening).toBe(false);
    expect(outbox.writes(1)).toBe(false);
  });
});

test("a sweep sends what an earlier page left of many images, however slow the disk", async () => {
  const images = [1, 2, 3, 4, 5, 6];
  const before = openTab({ locks: webLocks(new FakeLockManager(), "t"), send: line().send });
  for (const image of images) {
    await before.open(image);
    await before.record(image, [put(`of ${image}`)]);
  }
  const rowsOf = async (image) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return disk.rowsOf(image);
  };
  const outbox = openTab({ storage: { ...disk, rowsOf } });

  await outbox.open(1);
  await outbox.sweep();
  await untilSent(outbox);

  expect([...server.annotations.keys()].sort()).toEqual(images.map((image) => `of ${image}`));
  await until(async () => expect(await disk.images()).toEqual([]));
  await until(() => expect([...manager.held.keys()]).toEqual(["t:image:1"]));
});

describe("an image that another tab takes", () => {
  test("is sent from here as far as the disk has it not", async () => {
    const { state: memory, storage } = failingDisk();
    const { state: network, send } = line();
    const scope = newId();
    const handOver = () => tabHandOver(scope, { patience_ms: 60_000 });
    const first = openTab({ storage, send, handOver: handOver() });
    memory.isFull = true;
    await first.open(1);
    await first.record(1, [put("a"), put("b")]);

    const second = openTab({ handOver: handOver() });
    expect(await second.open(1, { steal: true })).toBe(true);

    expect(second.rowsOf(1)).toEqual([]);
    expect(() => first.record(1, [put("c")])).toThrow("not open for writing");
    memory.isFull = false;
    await first.open(2);
    await first.record(2, [put("c")]);
    expect(first.status()).toMatchObject({ unsent: 3, durable: false, storageProblem: "" });
    expect(first.rowsOf(1).map(({ id }) => id)).toEqual(["a", "b"]);
    network.isUp = true;
    first.wake();
    await untilSent(first);
    expect([...server.annotations.keys()].sort()).toEqual(["a", "b", "c"]);
  });

  test("without asking is sent as far as it was not written yet", async () => {
    let finish;
    const written = new Promise((resolve) => {
      finish = resolve;
    });
    const write = async (image, changes) => {
      await written;
      await disk.write(image, changes);
    };
    const { state: network, send } = line();
    const first = openTab({ storage: { ...disk, write }, send });
    await first.open(1);
    void first.record(1, [put("a")]);
    void first.record(1, [put("b")]);

    const second = openTab();
    await second.open(1, { steal: true });
    await until(() => expect(first.writes(1)).toBe(false));
    finish();
    network.isUp = true;
    first.wake();

    await untilSent(first);
    expect([...server.annotations.keys()].sort()).toEqual(["a", "b"]);
  });

  test("is sent by that tab alone as far as the disk has it", async () => {
    const { state: network, send } = line();
    let writes = 0;
    const write = async (image, changes) => {
      writes += 1;
      if (writes > 1) await new Promise((resolve) => setTimeout(resolve, 20));
      await disk.write(image, changes);
    };
    const first = openTab({ storage: { ...disk, write }, send });
    await first.open(1);
    await first.record(1, [put("a")]);
    await until(() => expect(writes).toBe(2)); // that it leaves is noted first

    const second = openTab({ send: line().send });
    await second.open(1, { steal: true });
    network.isUp = true;
    await until(() => expect(first.status()).toMatchObject({ unsent: 0, durable: true }));
    first.wake();
    await new Promise((resolve) => setTimeout(resolve, 40));

    expect(server.requests).toEqual([]);
    expect(second.rowsOf(1).map(({ id }) => id)).toEqual(["a"]);
  });

  test("with an older content on the disk asks whose shall be", async () => {
    const { state: memory, storage } = failingDisk();
    const { state: network, send } = line();
    const first = openTab({ storage, send, backoff_ms: () => 1e6 });
    await first.open(1);
    await first.record(1, [put("b")]);
    await until(() => expect(first.status().problem?.code).toBe("offline"));
    await first.record(1, [put("a", { z: 1 })]);
    memory.isFull = true;
    await first.record(1, [put("a", { z: 2 })]);

    const second = openTab();
    await second.open(1, { steal: true });
    await untilSent(second);
    expect(server.annotations.get("a").z).toBe(1);
    network.isUp = true;
    first.wake();

    await until(() => expect(first.status().conflicts).toMatchObject([{ body: { z: 2 } }]));
    expect(first.status().unsent).toBe(1);
    first.resolve(first.status().conflicts[0], "mine");
    first.wake();
    await untilSent(first);
    expect(server.annotations.get("a")).toMatchObject({ z: 2, revision: 2 });
  });

  test("and gives back shows what is unsent still", async () => {
    const { state: memory, storage } = failingDisk();
    const first = openTab({ storage, send: line().send });
    memory.isFull = true;
    await first.open(1);
    await first.record(1, [put("a")]);
    const second = openTab();
    await second.open(1, { steal: true });
    await until(() => expect(first.writes(1)).toBe(false));
    second.leave(1);
    await until(() => expect(manager.held.size).toBe(0));

    expect(await first.open(1)).toBe(true);
    await first.record(1, [put("b")]);

    expect(first.rowsOf(1).map(({ id }) => id)).toEqual(["a", "b"]);
  });
});

test("on plain http a disk that fails is not taken for another tab", async () => {
  const connection = await openConnection("locks", { factory: new IDBFactory() });
  const { state: network, send } = line();
  const { state: memory, storage } = failingDisk();
  const outbox = openTab({
    storage,
    send,
    locks: rowLocks(connection, { owner: "me", beat_ms: 2 }),
  });
  await outbox.open(1);
  memory.isFull = true;
  let beats = 0;
  connection.database = async () => {
    beats += 1;
    throw new StorageFailure("full");
  };
  await outbox.record(1, [put("a"), put("b")]);

  await until(() => expect(beats).toBeGreaterThan(2));

  expect(outbox.writes(1)).toBe(true);
  expect(outbox.status().unsent).toBe(2);
  network.isUp = true;
  outbox.wake();
  await untilSent(outbox);
  expect(server.annotations.size).toBe(2);
});
