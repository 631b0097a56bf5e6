import { IDBFactory } from "fake-indexeddb";
import { expect, vi } from "vitest";
import { noLocks } from "../../../frontend/src/api/outbox/locks.js";
import { Outbox } from "../../../frontend/src/api/outbox/outbox.js";
import { databaseStorage, openConnection } from "../../../frontend/src/api/outbox/storage.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { FakeServer } from "./fake_server.js";

export const IMAGE = 7;

/** A server, a browser's disk, and the way to open a page on both. */
export function newWorld() {
  const server = new FakeServer();
  const disk = new IDBFactory();

  async function openPage({ storage, locks = noLocks() } = {}) {
    const outbox = new Outbox({
      storage: storage ?? databaseStorage(await openConnection("test", { factory: disk })),
      locks,
      send: (image, json) => server.send(image, json),
      newId,
      backoff_ms: () => 1,
    });
    await outbox.open(IMAGE);
    return outbox;
  }

  return { server, disk, openPage };
}

/** @param {() => unknown} holds */
export function until(holds) {
  return vi.waitFor(holds, { interval: 2, timeout: 10_000 });
}

export function untilSent(outbox) {
  return until(() => expect(outbox.status().unsent).toBe(0));
}
