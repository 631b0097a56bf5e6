import { expect, test } from "vitest";
import { merge, mergeConflict } from "../../../frontend/src/api/outbox/merge.js";
import { fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { body } from "./fake_server.js";

const masked = (bits, parts = {}) =>
  body({ segmentation: fromBitmap(Uint8Array.from(bits), [1, bits.length]), ...parts });

const ROW = { id: "a", image: 7, at: 1, base_revision: 1, current: { revision: 2 } };
const BASE = masked([1, 0, 0, 0, 0], { label: 1, attributes: { old: 1, kept: 1 } });

test("fields that one side changed are changed, and pixels of both are in", () => {
  const mine = masked([1, 1, 0, 0, 0], { label: 1, z: 3, attributes: { kept: 2 } });
  const theirs = { ...masked([1, 0, 0, 0, 1]), label: 5, attributes: { old: 1, kept: 1, new: 9 } };

  const { body: made, disputed, labelled } = merge(ROW, { base: BASE, mine, theirs });

  expect(made).toMatchObject({ label: 5, z: 3, state: "confirmed" });
  expect(made.attributes).toEqual({ kept: 2, new: 9 });
  expect([...toBitmap(made.segmentation)]).toEqual([1, 1, 0, 0, 1]);
  expect([disputed, labelled]).toEqual([0, false]);
});

test("two labels: mine stands, and that is said", () => {
  const { body: made, labelled } = merge(ROW, {
    base: BASE,
    mine: { ...BASE, label: 2 },
    theirs: { ...BASE, label: 3 },
  });

  expect([made.label, labelled]).toEqual([2, true]);
});

test("the base is found on a later page of the history", async () => {
  const pages = {
    "images/7/annotations/a/history/": { results: [{ ...BASE, revision: 2 }], next: "more" },
    more: { results: [{ ...BASE, revision: 1 }], next: null },
  };
  const client = { send: async (_, path) => ({ data: pages[path] }) };
  const row = { ...ROW, body: BASE, current: { ...BASE, revision: 2, label: 4 } };

  expect((await mergeConflict(client, row)).body.label).toBe(4);
});

test.each([
  ["a deletion of mine", { body: null }],
  ["a deletion of theirs", { current: { ...BASE, state: "deleted" } }],
  ["an object that both made", { base_revision: null }],
])("%s cannot be merged", async (_, parts) => {
  const row = { ...ROW, body: BASE, current: BASE, ...parts };

  expect(await mergeConflict({}, row)).toBeNull();
});
