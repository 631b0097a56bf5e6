import { describe, expect, test } from "vitest";
import { wireChange } from "../../../frontend/src/api/outbox/lane.js";
import * as rows from "../../../frontend/src/api/outbox/rows.js";
import { body, put, remove } from "./fake_server.js";

const FACTS = { image: 7, change_id: "c2", seq: 2, at: 20 };

function row(parts = {}) {
  return {
    seq: 1,
    change_id: "c1",
    image: 7,
    ...put("a", {}, 3),
    attempted: false,
    state: "waiting",
    problem: null,
    current: null,
    at: 10,
    ...parts,
  };
}

const PROBLEM = { code: "label_archived", detail: "The label is archived.", status: 400 };

describe("addEdit", () => {
  test.each([
    [
      "no row yet: a new one",
      [],
      put("a", { z: 9 }, 3),
      [{ seq: 2, change_id: "c2", base_revision: 3 }],
      [],
    ],
    [
      "a row that never left takes the edit into itself",
      [row()],
      put("a", { z: 9 }, 3),
      [{ seq: 1, change_id: "c1", base_revision: 3 }],
      [],
    ],
    [
      "a row that may have arrived stays; the edit waits behind it",
      [row({ attempted: true })],
      put("a", { z: 9 }, 3),
      [{ seq: 2, change_id: "c2" }],
      [],
    ],
    [
      "an object that was never born dies without a word",
      [row({ base_revision: null })],
      remove("a"),
      [],
      [1],
    ],
    [
      "an object that the server knows is deleted there",
      [row()],
      remove("a", 3),
      [{ seq: 1, op: "delete", body: null }],
      [],
    ],
    [
      "a refused row goes out again under a new name",
      [row({ attempted: true, state: "failed", problem: PROBLEM })],
      put("a", { z: 9 }, 3),
      [{ seq: 1, change_id: "c2", state: "waiting", problem: null, attempted: false }],
      [],
    ],
    [
      "a conflict stays one and keeps the newest state",
      [row({ attempted: true, state: "conflict" })],
      put("a", { z: 9 }, 3),
      [{ seq: 1, state: "conflict", change_id: "c1" }],
      [],
    ],
  ])("%s", (_, before, edit, putRows, removed) => {
    const changes = rows.addEdit(before, edit, FACTS);

    expect(changes.remove).toEqual(removed);
    expect(changes.put).toHaveLength(putRows.length);
    for (const [i, expected] of putRows.entries()) expect(changes.put[i]).toMatchObject(expected);
    if (edit.op === "put") expect(changes.put[0].body.z).toBe(9);
  });
});

test("a row's cause is its newest edit's", () => {
  const back = { ...put("a", { z: 9 }, 3), cause: "restore" };
  const restored = rows.addEdit([row()], back, FACTS).put[0];
  const edited = rows.addEdit([restored], put("a", { z: 8 }, 3), FACTS).put[0];

  expect(wireChange(restored)).toMatchObject({ cause: "restore", z: 9 });
  expect(wireChange(edited)).not.toHaveProperty("cause");
});

test("an acknowledged row goes, and the one behind it stands on the new revision", () => {
  const changes = rows.acknowledge([row({ attempted: true }), row({ seq: 2 })], 4);

  expect(changes.remove).toEqual([1]);
  expect(changes.put).toMatchObject([{ seq: 2, base_revision: 4 }]);
});

test("a refused row gives way to a newer edit of the same object", () => {
  const changes = rows.refuse(
    [row({ attempted: true }), row({ seq: 2, base_revision: null })],
    PROBLEM,
  );

  expect(changes.remove).toEqual([1]);
  expect(changes.put).toMatchObject([{ seq: 2, base_revision: 3, state: "waiting" }]);
});

describe("an object that the server no longer holds", () => {
  test("goes out again as a new one, what was drawn since behind it", () => {
    const queue = [row({ attempted: true }), row({ seq: 2 })];

    expect(rows.outlive(queue, PROBLEM, "c9")).toMatchObject({
      put: [{ seq: 1, op: "put", base_revision: null, change_id: "c9", attempted: false }],
      remove: [],
    });
  });

  test("is deleted already; what brings it back makes a new one", () => {
    const gone = row({ attempted: true, op: "delete", body: null });

    expect(rows.outlive([gone], PROBLEM, "c9")).toEqual({ put: [], remove: [1] });
    expect(rows.outlive([gone, row({ seq: 2 })], PROBLEM, "c9")).toMatchObject({
      put: [{ seq: 2, base_revision: null }],
      remove: [1],
    });
  });

  test("stands if it was sent as a new one: the server contradicts itself", () => {
    expect(rows.outlive([row({ base_revision: null })], PROBLEM, "c9").put).toMatchObject([
      { state: "failed", problem: PROBLEM },
    ]);
  });
});

test("one row an object is sendable, and none behind a row that stands", () => {
  const queue = [
    row({ seq: 1, id: "a", attempted: true }),
    row({ seq: 2, id: "a" }),
    row({ seq: 3, id: "b", state: "conflict" }),
    row({ seq: 4, id: "b" }),
    row({ seq: 5, id: "c" }),
  ];

  expect(rows.sendable(queue).map(({ seq }) => seq)).toEqual([1, 5]);
});

test("the overlay is each object's newest state", () => {
  const queue = [row({ id: "a" }), row({ seq: 2, id: "b" }), row({ seq: 3, ...remove("a", 3) })];

  expect([...rows.overlay(queue)]).toEqual([
    ["a", null],
    ["b", body()],
  ]);
});

describe("a conflict ends", () => {
  const queue = [
    row({ attempted: true, state: "conflict", current: { revision: 8 } }),
    row({ seq: 2, body: body({ z: 5 }) }),
  ];

  test("with mine: the newest state on top of theirs", () => {
    const changes = rows.insistOnMine(queue, "c9");

    expect(changes.remove).toEqual([2]);
    expect(changes.put).toMatchObject([
      {
        seq: 1,
        base_revision: 8,
        change_id: "c9",
        state: "waiting",
        current: null,
        attempted: false,
        body: { z: 5 },
      },
    ]);
  });

  test("with both: my state under a name of its own", () => {
    const changes = rows.keepBoth(queue, { id: "new", change_id: "c9" });

    expect(changes.put).toMatchObject([{ id: "new", base_revision: null, body: { z: 5 } }]);
  });
});

test.each([
  ["the same state", {}, {}, true],
  ["another label", {}, { label: 2 }, false],
  ["another mask", {}, { segmentation: { size: [2, 3], counts: "15" } }, false],
  ["a deletion of what is deleted", { op: "delete", body: null }, { state: "deleted" }, true],
  ["a deletion of what lives", { op: "delete", body: null }, {}, false],
])("agreement with the server: %s", (_, mine, theirs, agreed) => {
  expect(rows.agrees(row(mine), { ...body(theirs), id: "a", revision: 9 })).toBe(agreed);
});
