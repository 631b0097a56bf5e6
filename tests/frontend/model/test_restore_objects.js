// The way back to an earlier state, as one step that can itself be undone.
import { expect, test } from "vitest";
import { area, fromBitmap } from "../../../frontend/src/geometry/rle.js";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { relabel } from "../../../frontend/src/model/actions/relabel.js";
import { restoreObjects, statesOf } from "../../../frontend/src/model/actions/restoreObjects.js";
import { createStore } from "../../../frontend/src/model/store.js";

const RLE = { size: /** @type {const} */ ([3, 4]), counts: "31;" };

test("an image becomes what it was: changed, deleted and later objects alike", () => {
  const store = createStore({ image: { id: 1, width: 4, height: 3 } });
  for (const id of ["changed", "same"]) store.dispatch(addObject({ id, rle: RLE, label: 1 }));
  const then = new Map(structuredClone([...store.state.document.objects]));
  store.dispatch(relabel({ ids: ["changed"], label: 2 }));
  store.dispatch(addObject({ id: "later", rle: RLE, label: 1 }));
  const sent = [];
  store.onChanges(({ changes, cause }) =>
    sent.push([cause, ...changes.map(({ id }) => id).sort()]),
  );

  const states = statesOf(store.state.document, then);
  store.dispatch(restoreObjects({ states, words: "Restore image" }));
  const restored = [...store.state.document.objects.values()];
  store.undo();

  expect(restored.map(({ id, label }) => [id, label])).toEqual([
    ["changed", 1],
    ["same", 1],
  ]);
  expect(sent).toEqual([
    ["restore", "changed", "later"],
    [undefined, "changed", "later"],
  ]);
  expect(store.state.document.objects.size).toBe(3);
});

test("what is so already is no step", () => {
  const store = createStore({ image: { id: 1, width: 4, height: 3 } });
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }));
  const states = new Map(structuredClone([...store.state.document.objects]));

  expect(store.dispatch(restoreObjects({ states, words: "Restore" }))).toBe(false);
});

const STRIP = /** @type {const} */ ([1, 4]);
const pixels = (/** @type {string} */ bits) => fromBitmap(Uint8Array.from(bits, Number), STRIP);

/** Of `one` as it was before `other` took the left half of it. */
function restoredOne(/** @type {ReadonlySet<string>} */ keepers) {
  const store = createStore({ image: { id: 1, width: 4, height: 1 }, panoptic: true });
  store.dispatch(addObject({ id: "one", rle: pixels("1111"), label: 1 }));
  const states = new Map(store.state.document.objects);
  store.dispatch(addObject({ id: "other", rle: pixels("1100"), label: 2 }));
  const isStep = store.dispatch(
    restoreObjects({ states, words: "Restore", claims: { ids: ["one"], keepers } }),
  );
  return { isStep, left: [...store.state.document.objects.values()].map(({ rle }) => area(rle)) };
}

test("an object that comes back takes its pixels from the others", () => {
  expect(restoredOne(new Set())).toEqual({ isStep: true, left: [4] });
});

test("it leaves them to those that keep theirs", () => {
  expect(restoredOne(new Set(["other"]))).toEqual({ isStep: false, left: [2, 2] });
});

test("of a moment amid a step, the object that it is of has the pixels", () => {
  const store = createStore({ image: { id: 1, width: 4, height: 1 }, panoptic: true });
  store.dispatch(addObject({ id: "one", rle: pixels("1111"), label: 1 }));
  const [one] = store.state.document.objects.values();
  store.dispatch(addObject({ id: "other", rle: pixels("1100"), label: 2 }));
  const other = store.state.document.objects.get("other");
  store.dispatch(addObject({ id: "later", rle: pixels("1111"), label: 2 }));
  const amid = new Map([
    ["one", /** @type {any} */ (one)],
    ["other", /** @type {any} */ (other)],
  ]);

  const states = statesOf(store.state.document, amid);
  store.dispatch(restoreObjects({ states, words: "Restore image", claims: { ids: ["other"] } }));

  const left = [...store.state.document.objects.values()].map(({ id, rle }) => [id, area(rle)]);
  expect(left).toEqual([
    ["one", 2],
    ["other", 2],
  ]);
});
