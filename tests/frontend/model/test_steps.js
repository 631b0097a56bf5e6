// Undo steps as values: there and back, and what of them still applies to another present.
import { describe, expect, test } from "vitest";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { deleteObject } from "../../../frontend/src/model/actions/deleteObject.js";
import { relabel } from "../../../frontend/src/model/actions/relabel.js";
import { createDocument, withObjects } from "../../../frontend/src/model/document.js";
import { sameAttributes } from "../../../frontend/src/model/sameObject.js";
import { fromRecords, toRecords } from "../../../frontend/src/model/steps.js";
import { createStore, EditorStore } from "../../../frontend/src/model/store.js";

const IMAGE = { id: 1, width: 4, height: 3 };
const RLE = { size: /** @type {const} */ ([3, 4]), counts: "31;" };

function drawn() {
  const store = createStore({ image: IMAGE });
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }));
  store.dispatch(addObject({ id: "b", rle: RLE, label: 1 }));
  store.dispatch(relabel({ ids: ["a"], label: 2 }));
  return store;
}

/** The same through a page that was closed in between. */
function reopened(store, present = store.state.document) {
  const records = structuredClone(toRecords(store.history));
  const objects = structuredClone([...present.objects.values()]);
  const document = createDocument({ image: IMAGE, objects });
  const revived = fromRecords(document, records, store.history.past.length);
  return { revived, store: new EditorStore({ document, history: revived.history }) };
}

describe("steps of a closed page", () => {
  test("are undone and redone in the next", () => {
    const before = drawn();
    before.dispatch(deleteObject({ ids: ["a"] }));
    before.undo();
    const { store, revived } = reopened(before);

    expect([revived.dropped, revived.narrowed]).toEqual([0, 0]);
    expect(store.state.redoWords).toBe("Delete object");
    store.redo();
    expect(store.state.document.objects.has("a")).toBe(false);
    for (let i = 0; i < 4; i += 1) store.undo();
    expect(store.state.document.objects.size).toBe(0);
    expect(store.state.canUndo).toBe(false);
    for (let i = 0; i < 3; i += 1) store.redo();
    expect(store.state.document.objects.get("a")?.label).toBe(2);
  });

  test("bring a deleted object back under its id", () => {
    const before = drawn();
    before.dispatch(deleteObject({ ids: ["a"] }));
    const { store } = reopened(before);
    const seen = [];
    store.onChanges(({ changes, origin }) => seen.push([origin, changes[0]?.id]));

    store.undo();

    expect(store.state.document.objects.get("a")?.label).toBe(2);
    expect(seen).toEqual([["local", "a"]]);
  });

  test("leave out an object that somebody else has changed, and all before it", () => {
    const before = drawn();
    const other = withObjects(before.state.document, [
      ["a", { .../** @type {any} */ (before.state.document.objects.get("a")), label: 3 }],
    ]);
    const { store, revived } = reopened(before, other);

    expect(revived).toMatchObject({ dropped: 2, narrowed: 0 });
    expect(store.state.undoWords).toBe("Add object");
    store.undo();
    expect([...store.state.document.objects.keys()]).toEqual(["a"]);
    expect(store.state.document.objects.get("a")?.label).toBe(3);
  });

  test("leave out what somebody else has set back to how an earlier step had left it", () => {
    const before = drawn();
    const other = withObjects(before.state.document, [
      ["a", { .../** @type {any} */ (before.state.document.objects.get("a")), label: 1 }],
    ]);
    const { store, revived } = reopened(before, other);

    expect(revived.dropped).toBe(2);
    store.undo();
    expect([...store.state.document.objects.keys()]).toEqual(["a"]);
    expect(store.state.canUndo).toBe(false);
  });

  test("keep the part of a step that still applies", () => {
    const before = drawn();
    before.dispatch(deleteObject({ ids: ["a", "b"] }));
    const back = withObjects(before.state.document, [["b", { ...addedB(before), label: 9 }]]);
    const { store, revived } = reopened(before, back);

    expect(revived.narrowed).toBe(1);
    store.undo();
    expect(store.state.document.objects.get("a")?.label).toBe(2);
    expect(store.state.document.objects.get("b")?.label).toBe(9);
  });

  test("of an object that is gone are dropped", () => {
    const before = drawn();
    const { revived } = reopened(before, createDocument({ image: IMAGE }));

    expect(revived.dropped).toBe(3);
    expect(revived.history.past).toEqual([]);
  });
});

test("a step undone and redone stays the same record", () => {
  const store = drawn();
  const before = toRecords(store.history);
  store.undo();
  store.undo();
  store.redo();

  expect(toRecords(store.history)).toEqual(before);
  expect(toRecords(store.history).every((record, i) => record === before[i])).toBe(true);
});

test("attributes are the same in any order of names", () => {
  expect(sameAttributes({ a: 1, b: [2] }, { b: [2], a: 1 })).toBe(true);
  expect(sameAttributes({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(sameAttributes({ a: 1 }, { a: "1" })).toBe(false);
});

function addedB(store) {
  return /** @type {any} */ (store.history.past[3]?.document.objects.get("b"));
}
