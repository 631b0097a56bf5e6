// Effort travels with the change of its object, and none of it is lost where changes become one.
import { describe, expect, test, vi } from "vitest";
import { wireChange } from "../../../frontend/src/api/outbox/lane.js";
import { noLocks } from "../../../frontend/src/api/outbox/locks.js";
import { Outbox } from "../../../frontend/src/api/outbox/outbox.js";
import * as rules from "../../../frontend/src/api/outbox/rows.js";
import { memoryStorage } from "../../../frontend/src/api/outbox/storage.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { body, FakeServer, put, remove } from "./fake_server.js";

const FACTS = { image: 7, change_id: "c2", seq: 2, at: 20 };
const PROBLEM = { code: "label_archived", detail: "The label is archived.", status: 400 };

function spent(clicks, active_ms) {
  return { clicks, strokes: 0, undos: 0, redos: 0, prompts: 0, active_ms };
}

function row(parts = {}) {
  const own = { seq: 1, change_id: "c1", image: 7, ...put("a", {}, 3), at: 10 };
  const fresh = { attempted: false, state: "waiting", problem: null, current: null };
  return { ...own, ...fresh, effort: spent(1, 100), ...parts };
}

const edit = (parts = {}) => ({ ...put("a", { z: 9 }, 3), effort: spent(2, 50), ...parts });

describe("one row for two changes costs what both did", () => {
  test.each([
    ["a row that never left", row(), edit(), spent(3, 150)],
    [
      "a row that never left and a deletion",
      row(),
      { ...remove("a", 3), effort: spent(1, 1) },
      spent(2, 101),
    ],
    [
      "a refused row",
      row({ attempted: true, state: "failed", problem: PROBLEM }),
      edit(),
      spent(3, 150),
    ],
    ["a conflict", row({ attempted: true, state: "conflict" }), edit(), spent(3, 150)],
    ["an edit that cost nothing", row(), edit({ effort: undefined }), spent(1, 100)],
    ["a row that had cost nothing", row({ effort: undefined }), edit(), spent(2, 50)],
  ])("%s", (_, before, after, sum) => {
    expect(rules.addEdit([before], after, FACTS).put.map(({ effort }) => effort)).toEqual([sum]);
  });

  test("a row in the server's hands keeps its own; the next one starts anew", () => {
    const { put: made } = rules.addEdit([row({ attempted: true })], edit(), FACTS);

    expect(made.map(({ seq, effort }) => [seq, effort])).toEqual([[2, spent(2, 50)]]);
  });

  test("a refused row leaves its effort to the newer one", () => {
    const { put: moved } = rules.refuse([row({ attempted: true }), row({ seq: 2 })], PROBLEM);

    expect(moved.map(({ effort }) => effort)).toEqual([spent(2, 200)]);
  });

  test.each([
    ["mine", (rows) => rules.insistOnMine(rows, "c9")],
    ["both", (rows) => rules.keepBoth(rows, { id: "b", change_id: "c9" })],
    ["merged", (rows) => rules.writeMerged(rows, "c9", body({ z: 4 }))],
  ])("a conflict that ends with %s", (_, end) => {
    const conflict = row({ attempted: true, state: "conflict", current: { revision: 8 } });

    expect(end([conflict, row({ seq: 2 })]).put.map(({ effort }) => effort)).toEqual([
      spent(2, 200),
    ]);
  });
});

test("a change without effort says nothing of it", () => {
  expect(wireChange(row({ effort: undefined }))).not.toHaveProperty("effort");
});

test("what was spent while a change was on its way goes out with the next, each once", async () => {
  const server = new FakeServer();
  const outbox = new Outbox({
    storage: memoryStorage(),
    locks: noLocks(),
    send: server.send,
    newId,
    backoff_ms: () => 1,
  });
  await outbox.open(7);
  let release;
  server.faults.push((_, apply) => new Promise((resolve) => (release = () => resolve(apply()))));
  await outbox.record(7, [{ ...put("a"), effort: spent(1, 10) }]);
  await vi.waitFor(() => expect(release).toBeDefined(), { timeout: 10_000 });

  await outbox.record(7, [{ ...put("a", { z: 1 }), effort: spent(2, 20) }]);
  await outbox.record(7, [{ ...put("a", { z: 2 }), effort: spent(4, 40) }]);
  release();
  await vi.waitFor(() => expect(outbox.status().unsent).toBe(0), { timeout: 10_000 });

  expect(server.requests.map(({ changes }) => changes.map(({ effort }) => effort))).toEqual([
    [spent(1, 10)],
    [spent(6, 60)],
  ]);
});
