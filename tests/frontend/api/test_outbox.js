import { beforeEach, describe, expect, test } from "vitest";
import { ApiProblem, NetworkFailure } from "../../../frontend/src/api/client.js";
import { databaseStorage, openConnection } from "../../../frontend/src/api/outbox/storage.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { body, put, remove } from "./fake_server.js";
import { IMAGE, newWorld, until, untilSent } from "./outbox_page.js";

/** @type {ReturnType<typeof newWorld>["server"]} */
let server;
/** @type {ReturnType<typeof newWorld>["disk"]} */
let disk;
/** @type {ReturnType<typeof newWorld>["openPage"]} */
let openPage;

/** Longer than this outbox waits between two tries. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 40));

beforeEach(() => {
  ({ server, disk, openPage } = newWorld());
});

describe("a change", () => {
  test("is on disk when record() resolves and leaves it when the server has named its revision", async () => {
    const outbox = await openPage();
    const storage = databaseStorage(await openConnection("test", { factory: disk }));
    let release;
    server.faults.push((_, apply) => new Promise((resolve) => (release = () => resolve(apply()))));

    await outbox.record(IMAGE, [put("a")]);
    expect(await storage.rowsOf(IMAGE)).toMatchObject([{ id: "a", op: "put" }]);

    await until(() => expect(release).toBeDefined());
    release();
    await untilSent(outbox);
    await until(async () => expect(await storage.rowsOf(IMAGE)).toEqual([]));
    expect(server.annotations.get("a").revision).toBe(1);
  });

  test("is on disk as one that may have arrived before it leaves", async () => {
    const storage = databaseStorage(await openConnection("test", { factory: disk }));
    /** @type {(() => void)[]} */
    const waiting = [];
    const slow = {
      ...storage,
      write: async (...parts) => {
        await new Promise((resolve) => waiting.push(() => resolve(undefined)));
        await storage.write(...parts);
      },
    };
    const outbox = await openPage({ storage: slow });
    const recorded = outbox.record(IMAGE, [put("a")]);
    await until(() => expect(waiting).toHaveLength(2)); // the change, and that it leaves
    waiting.shift()?.();
    await recorded;
    await pause();
    expect(server.requests).toEqual([]);

    waiting.shift()?.();
    await until(() => expect(server.requests).toHaveLength(1));
    expect(await storage.rowsOf(IMAGE)).toMatchObject([{ id: "a", attempted: true }]);
  });

  test("of a large mask goes in company of no more than the server takes at once", async () => {
    const outbox = await openPage();
    const large = { segmentation: { size: [2, 3], counts: "0".repeat(2_500_000) } };

    await outbox.record(IMAGE, [put("a", large), put("b", large), put("c")]);
    await untilSent(outbox);

    expect(server.requests.map(({ changes }) => changes.map(({ id }) => id))).toEqual([
      ["a"],
      ["b", "c"],
    ]);
  });

  test("made while another of its object is on the way goes out after it, as one", async () => {
    const outbox = await openPage();
    let release;
    server.faults.push((_, apply) => new Promise((resolve) => (release = () => resolve(apply()))));
    await outbox.record(IMAGE, [put("a")]);
    await until(() => expect(release).toBeDefined());

    await outbox.record(IMAGE, [put("a", { z: 1 })]);
    await outbox.record(IMAGE, [put("a", { z: 2 })]);
    release();
    await untilSent(outbox);

    expect(server.requests.map(({ changes }) => changes.map((change) => change.z))).toEqual([
      [0],
      [2],
    ]);
    expect(server.annotations.get("a")).toMatchObject({ z: 2, revision: 2 });
  });

  test("whose answer was lost is not stored twice", async () => {
    const outbox = await openPage();
    server.faults.push((_, apply) => {
      apply();
      throw new NetworkFailure("reset");
    });

    await outbox.record(IMAGE, [put("a")]);
    await untilSent(outbox);

    expect(server.annotations.get("a").revision).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  test("made after a lost answer is not swallowed by the first outcome", async () => {
    const outbox = await openPage();
    server.faults.push((_, apply) => {
      apply();
      void outbox.record(IMAGE, [put("a", { z: 5 })]);
      throw new NetworkFailure("reset");
    });

    await outbox.record(IMAGE, [put("a")]);
    await untilSent(outbox);

    expect(server.annotations.get("a")).toMatchObject({ z: 5, revision: 2 });
  });

  test("of a deletion taken back restores the same object", async () => {
    const outbox = await openPage();
    const revisions = [];
    outbox.onSaved((_image, _id, revision) => revisions.push(revision));
    await outbox.record(IMAGE, [put("a")]);
    await untilSent(outbox);
    await outbox.record(IMAGE, [remove("a", 1)]);
    await untilSent(outbox);

    await outbox.record(IMAGE, [put("a", {}, 2)]);
    await untilSent(outbox);

    expect(revisions).toEqual([1, 2, 3]);
    expect(server.annotations.get("a").state).toBe("confirmed");
  });
});

describe("a reload", () => {
  test("finds what was unsent, in order, and sends it", async () => {
    const first = await openPage();
    server.faults.push(() => new Promise(() => {}));
    await first.record(IMAGE, [put("a")]);
    await first.record(IMAGE, [put("b"), put("c")]);
    await until(() => expect(server.requests).toHaveLength(1));

    const second = await openPage();
    expect(second.rowsOf(IMAGE).map(({ id }) => id)).toEqual(["a", "b", "c"]);
    await untilSent(second);

    expect([...server.annotations.keys()].sort()).toEqual(["a", "b", "c"]);
  });

  test("after 500 edits offline brings 500 of 500, none twice", async () => {
    const first = await openPage();
    let offline = true;
    const send = server.send;
    server.send = (image, changes) => {
      if (offline) throw new NetworkFailure("offline");
      return send(image, changes);
    };
    await first.record(
      IMAGE,
      Array.from({ length: 500 }, (_, i) => put(`object ${i}`, { z: i })),
    );
    expect(first.status()).toMatchObject({ unsent: 500, durable: true });
    first.leave(IMAGE);

    offline = false;
    const second = await openPage();
    await untilSent(second);

    expect(server.annotations.size).toBe(500);
    expect(
      [...server.annotations.values()].every(
        ({ z, id, revision }) => id === `object ${z}` && revision === 1,
      ),
    ).toBe(true);
  }, 30_000);

  test("of a page of another image sends what this one left", async () => {
    const storage = databaseStorage(await openConnection("test", { factory: disk }));
    const row = {
      seq: 1,
      change_id: newId(),
      image: 9,
      ...put("left"),
      attempted: true,
      state: "waiting",
      problem: null,
      current: null,
      at: 1,
    };
    await storage.write(9, { put: [row], remove: [] });
    const outbox = await openPage();

    await outbox.sweep();
    await untilSent(outbox);

    expect(server.requests).toMatchObject([{ image: 9, changes: [{ id: "left" }] }]);
  });
});

const problem = (status, code = "x") => new ApiProblem({ status, code, detail: `cause ${status}` });

describe("no answer makes an edit disappear", () => {
  test("and one that asks for a login is not asked again until somebody has", async () => {
    const send = server.send;
    let asked = 0;
    server.send = () => {
      asked += 1;
      throw problem(401);
    };
    const outbox = await openPage();
    await outbox.record(IMAGE, [put("a")]);
    await until(() => expect(outbox.status().problem?.status).toBe(401));
    await pause();
    expect(asked).toBe(1);

    server.send = send;
    outbox.wake();
    await untilSent(outbox);
  });

  test.each([
    ["401", () => problem(401), "cause 401"],
    ["403", () => problem(403), "cause 403"],
    ["409", () => problem(409), "cause 409"],
    ["413", () => problem(413), "cause 413"],
    ["500", () => problem(500), "cause 500"],
    ["502 HTML", () => problem(502), "cause 502"],
    ["503", () => problem(503), "cause 503"],
    ["timeout", () => new NetworkFailure("too slow", true), "too slow"],
    ["garbage JSON", () => problem(200, "unreadable_answer"), "cause 200"],
  ])("%s", async (_, error, words) => {
    const send = server.send;
    server.send = () => {
      throw error();
    };
    const outbox = await openPage();
    await outbox.record(IMAGE, [put("a")]);

    await until(() => {
      const { problem: cause, failed } = outbox.status();
      expect(cause?.detail ?? failed[0]?.problem?.detail).toBe(words);
    });
    expect(outbox.status().unsent).toBe(1);

    server.send = send;
    for (const row of outbox.status().failed) outbox.retry(row);
    outbox.wake();
    await untilSent(outbox);
    expect(server.annotations.get("a")).toMatchObject({ revision: 1 });
  });

  test.each([
    [
      "an object that the server refuses",
      (bad) => (changes, apply) =>
        apply(changes).map((o) =>
          o.id === bad ? { ...o, status: 400, problem: { code: "bad", detail: "no" } } : o,
        ),
    ],
    [
      "an object that breaks the server",
      (bad) => (changes, apply) => {
        if (changes.some(({ id }) => id === bad)) throw problem(500);
        return apply();
      },
    ],
    [
      "an object that makes the request too large",
      (bad) => (changes, apply) => {
        if (changes.some(({ id }) => id === bad)) throw problem(413);
        return apply();
      },
    ],
    ["an object without an outcome", (bad) => (_, apply) => apply().filter(({ id }) => id !== bad)],
  ])("%s does not hold up the others", async (_, fault) => {
    server.fault = fault("bad");
    const outbox = await openPage();

    await outbox.record(
      IMAGE,
      ["a", "b", "bad", "c", "d"].map((id) => put(id)),
    );

    await until(() => expect(outbox.status().unsent).toBe(1));
    expect(outbox.rowsOf(IMAGE)).toMatchObject([{ id: "bad" }]);
    for (const id of ["a", "b", "c", "d"]) expect(server.annotations.get(id).revision).toBe(1);
    outbox.discard(outbox.rowsOf(IMAGE)[0]);
  });

  test("a refused change stays until a click drops it", async () => {
    server.faults.push((changes) =>
      changes.map(({ id, change_id }) => ({
        id,
        change_id,
        status: 400,
        problem: { code: "bad_mask", detail: "No." },
      })),
    );
    const outbox = await openPage();
    await outbox.record(IMAGE, [put("a")]);
    await until(() => expect(outbox.status().failed).toHaveLength(1));

    expect(await outbox.drained(IMAGE)).toBe(false);
    expect(outbox.unsentChanges()).toMatchObject([{ image: IMAGE, op: "put", id: "a", label: 1 }]);
    outbox.discard(outbox.status().failed[0]);

    expect(outbox.status().unsent).toBe(0);
    expect(server.requests).toHaveLength(1);
  });
});

describe("when somebody else was faster", () => {
  async function conflict() {
    server.put("a", body({ z: 100 }));
    server.put("a", body({ z: 200 }));
    const outbox = await openPage();
    await outbox.record(IMAGE, [put("a", { z: 1 }, 1)]);
    await until(() => expect(outbox.status().conflicts).toHaveLength(1));
    return outbox;
  }

  test("both states are kept and nothing is sent again by itself", async () => {
    const outbox = await conflict();

    expect(outbox.status().conflicts).toMatchObject([
      { body: { z: 1 }, current: { z: 200, revision: 2 } },
    ]);
    outbox.wake();
    expect(server.annotations.get("a").z).toBe(200);
  });

  test("mine is written over theirs, which stays in history", async () => {
    const outbox = await conflict();

    outbox.resolve(outbox.status().conflicts[0], "mine");
    await untilSent(outbox);

    expect(server.annotations.get("a")).toMatchObject({ z: 1, revision: 3 });
  });

  test("theirs: nothing is sent", async () => {
    const outbox = await conflict();
    const before = server.requests.length;

    outbox.resolve(outbox.status().conflicts[0], "theirs");
    await outbox.drained(IMAGE);

    expect(server.requests).toHaveLength(before);
    expect(server.annotations.get("a").z).toBe(200);
  });

  test("both: mine becomes an object of its own", async () => {
    const outbox = await conflict();

    const id = outbox.resolve(outbox.status().conflicts[0], "both");
    await untilSent(outbox);

    expect(server.annotations.get("a").z).toBe(200);
    expect(server.annotations.get(id)).toMatchObject({ z: 1, revision: 1 });
  });

  test("with the same result there is nothing to decide", async () => {
    server.put("a", body({ z: 1 }));
    server.put("a", body({ z: 2 }));
    const outbox = await openPage();

    await outbox.record(IMAGE, [put("a", { z: 2 }, 1)]);
    await untilSent(outbox);

    expect(server.annotations.get("a").revision).toBe(2);
  });
});

test("a mask that the server altered is no saved one", async () => {
  const outbox = await openPage();
  server.faults.push((changes, apply) => {
    const [outcome] = apply();
    const segmentation = { ...changes[0].segmentation, counts: "15" };
    return [{ ...outcome, annotation: { segmentation } }];
  });

  await outbox.record(IMAGE, [put("a")]);

  await until(() => expect(outbox.status().failed).toHaveLength(1));
  expect(outbox.status().failed[0].problem.code).toBe("altered");
});

test("a server that shows an older state than it once acknowledged is found out", async () => {
  const outbox = await openPage();
  await outbox.wentBackwards(
    IMAGE,
    new Map([
      ["a", 4],
      ["b", 1],
    ]),
  );

  expect(
    await outbox.wentBackwards(
      IMAGE,
      new Map([
        ["a", 2],
        ["b", 1],
      ]),
    ),
  ).toEqual(["a"]);
  expect(
    await outbox.wentBackwards(
      IMAGE,
      new Map([
        ["a", 5],
        ["b", 1],
      ]),
    ),
  ).toEqual([]);
});

test("what was acknowledged in this page counts as seen", async () => {
  const outbox = await openPage();
  await outbox.record(IMAGE, [put("a")]);
  await untilSent(outbox);

  await until(async () =>
    expect(await outbox.wentBackwards(IMAGE, new Map([["a", 0]]))).toEqual(["a"]),
  );
});
