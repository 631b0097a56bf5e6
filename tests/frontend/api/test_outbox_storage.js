import { beforeEach, describe, expect, test } from "vitest";
import { NetworkFailure } from "../../../frontend/src/api/client.js";
import { StorageFailure } from "../../../frontend/src/api/connection.js";
import { Lane } from "../../../frontend/src/api/outbox/lane.js";
import {
  databaseStorage,
  memoryStorage,
  openConnection,
} from "../../../frontend/src/api/outbox/storage.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { put } from "./fake_server.js";
import { IMAGE, newWorld, until, untilSent } from "./outbox_page.js";

/** @type {ReturnType<typeof newWorld>["server"]} */
let server;
/** @type {ReturnType<typeof newWorld>["disk"]} */
let disk;
/** @type {ReturnType<typeof newWorld>["openPage"]} */
let openPage;

beforeEach(() => {
  ({ server, disk, openPage } = newWorld());
});

describe("storage that fails", () => {
  test("is told, and changes are sent even so", async () => {
    const storage = {
      ...memoryStorage(),
      durable: true,
      write: async () =>
        Promise.reject(new StorageFailure("The browser's storage for this page is full.")),
    };
    server.faults.push(() => {
      throw new NetworkFailure("offline");
    });
    const outbox = await openPage({ storage });

    await outbox.record(IMAGE, [put("a")]);

    expect(outbox.status()).toMatchObject({
      durable: false,
      storageProblem: "The browser's storage for this page is full.",
    });
    await untilSent(outbox);
    expect(server.annotations.has("a")).toBe(true);
  });

  test("and then works again holds everything again", async () => {
    let isFull = true;
    const real = databaseStorage(await openConnection("test", { factory: disk }));
    const storage = {
      ...real,
      write: (image, changes) =>
        isFull ? Promise.reject(new StorageFailure("full")) : real.write(image, changes),
    };
    server.send = () => {
      throw new NetworkFailure("offline");
    };
    const outbox = await openPage({ storage });
    await outbox.record(IMAGE, [put("a")]);
    isFull = false;
    await outbox.record(IMAGE, [put("b")]);

    await until(() => expect(outbox.status().durable).toBe(true));
    expect((await real.rowsOf(IMAGE)).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("and then works again leaves what another version of the page has kept", async () => {
    let failures = 0;
    const connection = await openConnection("test", { factory: disk });
    const real = databaseStorage(connection);
    await real.write(IMAGE, { put: [{ image: IMAGE, seq: 1, later: "version" }], remove: [] });
    const storage = {
      ...real,
      write: async (image, changes) => {
        failures += 1;
        if (failures === 1) throw new StorageFailure("full");
        return real.write(image, changes);
      },
    };
    server.send = () => {
      throw new NetworkFailure("offline");
    };
    const outbox = await openPage({ storage });
    await outbox.record(IMAGE, [put("a")]);
    await outbox.record(IMAGE, [put("b")]);

    await until(() => expect(outbox.status().durable).toBe(true));
    const [first, ...own] = await real.rowsOf(IMAGE);
    expect(first).toEqual({ image: IMAGE, seq: 1, later: "version" });
    expect(own.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  test("and then works again forgets what was sent meanwhile", async () => {
    let isBroken = false;
    const real = databaseStorage(await openConnection("test", { factory: disk }));
    const storage = {
      ...real,
      write: (image, changes) =>
        isBroken && changes.remove.length > 0
          ? Promise.reject(new StorageFailure("broken"))
          : real.write(image, changes),
    };
    const outbox = await openPage({ storage });
    isBroken = true;
    await outbox.record(IMAGE, [put("a")]);
    await untilSent(outbox);
    expect((await real.rowsOf(IMAGE)).map(({ id }) => id)).toEqual(["a"]);

    isBroken = false;
    server.send = () => {
      throw new NetworkFailure("offline");
    };
    await outbox.record(IMAGE, [put("b")]);

    await until(() => expect(outbox.status().durable).toBe(true));
    expect((await real.rowsOf(IMAGE)).map(({ id }) => id)).toEqual(["b"]);
  });
});

describe("what lies in storage", () => {
  test("is written again after the browser has thrown it away", async () => {
    const connection = await openConnection("test", { factory: disk });
    server.fault = () => new Promise(() => {});
    const outbox = await openPage({ storage: databaseStorage(connection) });
    await outbox.record(IMAGE, [put("a"), put("b")]);

    await new Promise((resolve) => {
      disk.deleteDatabase("test").onsuccess = resolve;
    });

    const storage = databaseStorage(await openConnection("test", { factory: disk }));
    await until(async () =>
      expect((await storage.rowsOf(IMAGE)).map(({ id }) => id)).toEqual(["a", "b"]),
    );
  });

  test("and cannot be read neither closes the image nor is written over", async () => {
    const real = databaseStorage(await openConnection("test", { factory: disk }));
    server.fault = () => new Promise(() => {});
    await (await openPage()).record(IMAGE, [put("a")]);
    const storage = { ...real, rowsOf: async () => Promise.reject(new StorageFailure("broken")) };

    const outbox = await openPage({ storage });
    expect(outbox.status().storageProblem).toBe("broken");
    await outbox.record(IMAGE, [put("b")]);

    await until(async () =>
      expect((await real.rowsOf(IMAGE)).map(({ id }) => id)).toEqual(["a", "b"]),
    );
  });

  test("of a version that is not known stays, is not sent and can be downloaded", async () => {
    const real = databaseStorage(await openConnection("test", { factory: disk }));
    const strange = { image: IMAGE, seq: 3, sort: "of the future" };
    await real.write(IMAGE, { put: [strange], remove: [] });

    const outbox = await openPage();
    await outbox.record(IMAGE, [put("a")]);
    await untilSent(outbox);

    expect(outbox.unsentChanges()).toEqual([strange]);
    await until(async () => expect(await real.rowsOf(IMAGE)).toEqual([strange]));
  });
});

test("a lock that cannot be had for a failing storage leaves the image open", async () => {
  const broken = async () => Promise.reject(new StorageFailure("broken"));
  const outbox = await openPage({ locks: { take: broken, steal: broken } });

  await outbox.record(IMAGE, [put("a")]);
  await untilSent(outbox);

  expect(server.annotations.has("a")).toBe(true);
});

test("the revisions seen of the images opened last are kept, older ones let go", async () => {
  const storage = databaseStorage(await openConnection("test", { factory: disk }));
  for (let image = 1; image <= 502; image += 1)
    await storage.noteSeen(image, new Map([["a", image]]));

  expect(await storage.seen(502)).toEqual(new Map([["a", 502]]));
  const known = await Promise.all([1, 2, 3].map((image) => storage.seen(image)));
  expect(known.some((revisions) => revisions.size === 0)).toBe(true);
});

test("a tab that has given its lock away writes and sends nothing more", async () => {
  const [writes, sent] = [[], []];
  let release = () => {};
  const written = new Promise((resolve) => {
    release = () => resolve(undefined);
  });
  const lane = new Lane(IMAGE, {
    storage: {
      ...memoryStorage(),
      write: async (_image, { put: rows }) => {
        writes.push(rows.map(({ id }) => id));
        await written;
      },
    },
    send: async (_image, changes) => sent.push(changes),
    newId,
    now: Date.now,
    backoff_ms: () => 1,
    tell: () => {},
  });
  void lane.record([put("a")]);
  await null;
  void lane.record([put("b")]);
  await null;
  expect(writes).toEqual([["a"], ["b"]]); // at once: the page may be closed now

  lane.close();
  void lane.record([put("c")]);
  release();
  await lane.settled();
  await new Promise((resolve) => setTimeout(resolve, 20));

  expect([writes, sent]).toEqual([[["a"], ["b"]], []]);
});

/** A lane whose disk takes as long as one lets it. */
function laneOnSlowDisk() {
  /** @type {{put: string[], remove: number[], end: () => void}[]} */
  const writes = [];
  const lane = new Lane(IMAGE, {
    storage: {
      ...memoryStorage(),
      write: (_image, { put: rows, remove }) =>
        new Promise((end) => {
          writes.push({ put: rows.map(({ id }) => id), remove, end: () => end(undefined) });
        }),
    },
    send: () => new Promise(() => {}),
    newId,
    now: Date.now,
    backoff_ms: () => 1,
    tell: () => {},
  });
  return { lane, writes };
}

describe("a disk", () => {
  test("is asked once for all of one turn", async () => {
    const { lane, writes } = laneOnSlowDisk();

    void lane.record([put("a"), put("b")]);
    void lane.record([put("c")]);
    lane.discard("b");
    await null;

    expect(writes).toMatchObject([{ put: ["a", "c"], remove: [2] }]);
  });

  test("that is slow is asked for all that waits as soon as one of four is done", async () => {
    const { lane, writes } = laneOnSlowDisk();
    for (const id of "abcdef") {
      void lane.record([put(id)]);
      await null;
    }
    expect(writes.map((one) => one.put)).toEqual([["a"], ["b"], ["c"], ["d"]]);
    let isKept = false;
    void lane.record([put("g")]).then(() => {
      isKept = true;
    });

    writes[1]?.end();
    await until(() => expect(writes).toHaveLength(5));
    expect(writes[4]?.put).toEqual(["e", "f", "g"]);
    expect(isKept).toBe(false);

    for (const { end } of writes) end();
    await until(() => expect(isKept).toBe(true));
  });

  test("that lost one of two writes is given both again", async () => {
    const real = databaseStorage(await openConnection("test", { factory: disk }));
    let refusals = 1;
    const storage = {
      ...real,
      write: async (image, changes) => {
        if (refusals > 0) {
          refusals -= 1;
          throw new StorageFailure("full");
        }
        await real.write(image, changes);
      },
    };
    server.send = () => {
      throw new NetworkFailure("offline");
    };
    const outbox = await openPage({ storage });
    const first = outbox.record(IMAGE, [put("a")]);
    await null;
    await Promise.all([first, outbox.record(IMAGE, [put("b")])]);

    await until(async () => {
      const rows = await real.rowsOf(IMAGE);
      expect(rows.map(({ id }) => id)).toEqual(["a", "b"]);
    });
    await until(() => expect(outbox.status()).toMatchObject({ durable: true, storageProblem: "" }));
  });
});
