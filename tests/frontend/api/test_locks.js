import { IDBFactory } from "fake-indexeddb";
import { expect, test, vi } from "vitest";
import { tabHandOver } from "../../../frontend/src/api/outbox/handOver.js";
import { rowLocks } from "../../../frontend/src/api/outbox/locks.js";
import { Outbox } from "../../../frontend/src/api/outbox/outbox.js";
import { databaseStorage, openConnection } from "../../../frontend/src/api/outbox/storage.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { FakeServer, put } from "./fake_server.js";

const FAST = { beat_ms: 2 };

async function twoTabs(options = FAST) {
  const disk = new IDBFactory();
  const open = async (owner) =>
    rowLocks(await openConnection("test", { factory: disk }), { owner, ...options });
  return { alice: await open("tab 1"), bob: await open("tab 2"), disk };
}

test("only one tab has the lock, and the next one gets it when it is released", async () => {
  const { alice, bob } = await twoTabs();

  const held = await alice.take("image:1");
  expect(await bob.take("image:1")).toBeNull();
  expect(await bob.take("image:2")).not.toBeNull();
  held.release();
  await held.lost;

  expect(await bob.take("image:1")).not.toBeNull();
});

test("a tab whose lock was stolen learns of it", async () => {
  const { alice, bob } = await twoTabs();
  const held = await alice.take("image:1");

  await bob.steal("image:1");

  await held.lost;
  expect(await alice.take("image:1")).toBeNull();
});

test("a tab that has been silent for long is dead", async () => {
  let now = 0;
  const { alice, bob } = await twoTabs({ beat_ms: 1e9, now: () => now });
  await alice.take("image:1");

  now = 60_000; // a hidden tab's timer runs once a minute
  expect(await bob.take("image:1")).toBeNull();
  now = 100_000;
  expect(await bob.take("image:1")).not.toBeNull();
});

test("of two tabs on one image the second may only look, until it takes over", async () => {
  const { alice, bob, disk } = await twoTabs();
  const server = new FakeServer();
  const tab = async (locks) =>
    new Outbox({
      storage: databaseStorage(await openConnection("test", { factory: disk })),
      locks,
      send: (image, json) => server.send(image, json),
      newId,
      backoff_ms: () => 1,
    });
  const [first, second] = [await tab(alice), await tab(bob)];
  const lost = [];
  first.onLost((image) => lost.push(image));
  server.fault = () => new Promise(() => {});

  expect(await first.open(1)).toBe(true);
  expect(await second.open(1)).toBe(false);
  expect(() => second.record(1, [put("a")])).toThrow("not open for writing");
  await first.record(1, [put("a")]);

  server.fault = undefined;
  expect(await second.open(1, { steal: true })).toBe(true);
  await vi.waitFor(() => expect(lost).toEqual([1]));
  expect(() => first.record(1, [put("a")])).toThrow("not open for writing");
  await vi.waitFor(() => expect(second.status().unsent).toBe(0));
  expect(server.annotations.get("a").revision).toBe(1);
});

test("a tab that is asked for an image brings its last edit to the disk before it lets go", async () => {
  const { alice, bob, disk } = await twoTabs();
  const scope = newId();
  const storage = databaseStorage(await openConnection("test", { factory: disk }));
  const slow = {
    ...storage,
    write: async (image, changes) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      await storage.write(image, changes);
    },
  };
  const parts = { newId, send: () => new Promise(() => {}) };
  const handOver = () => tabHandOver(scope, { patience_ms: 60_000 }); // not of the machine's speed
  const first = new Outbox({ ...parts, storage: slow, locks: alice, handOver: handOver() });
  const second = new Outbox({ ...parts, storage, locks: bob, handOver: handOver() });
  await first.open(1);
  void first.record(1, [put("a")]);
  void first.record(1, [put("b")]);

  expect(await second.open(1, { steal: true })).toBe(true);

  expect(second.rowsOf(1).map(({ id }) => id)).toEqual(["a", "b"]);
});

test("a tab that does not answer does not keep the image for ever", async () => {
  const { ask } = tabHandOver(newId(), { patience_ms: 1 });

  await expect(ask(1)).resolves.toBeUndefined();
});
