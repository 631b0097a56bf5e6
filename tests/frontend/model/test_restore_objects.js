// The way back to an earlier state, as one step that can itself be undone.
import { expect, test } from "vitest";
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
