// The undo steps of an image in the browser's storage: kept at each step, found again, replaced.
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeAll, expect, test } from "vitest";
import { PastSteps } from "../../../frontend/src/api/pastSteps.js";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { relabel } from "../../../frontend/src/model/actions/relabel.js";
import { createDocument } from "../../../frontend/src/model/document.js";
import { createStore, EditorStore } from "../../../frontend/src/model/store.js";
import { absentIds, revive, UndoKeeper } from "../../../frontend/src/pages/undoKeeper.js";

const IMAGE = { id: 7, width: 4, height: 3 };
const RLE = { size: /** @type {const} */ ([3, 4]), counts: "31;" };

beforeAll(() => {
  globalThis.IDBKeyRange = IDBKeyRange;
});

const open = (factory) => PastSteps.open("test", { factory });
const follow = (steps, store, kept, tell = () => {}) =>
  new UndoKeeper(steps, { image: IMAGE.id, store, kept, tell });

test("steps are found by the next page, and an undo after it is kept too", async () => {
  const factory = new IDBFactory();
  const first = await open(factory);
  const store = createStore({ image: IMAGE });
  follow(first, store, await first.read(7));
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }));
  store.dispatch(relabel({ ids: ["a"], label: 2 }));
  store.undo();

  const second = await open(factory);
  await first.read(7);
  const kept = await second.read(7);
  const document = createDocument({ image: IMAGE, objects: store.state.document.objects.values() });
  const { history, words } = revive(kept, document);
  const next = new EditorStore({ document, history });
  follow(second, next, kept);
  next.redo();
  next.dispatch(relabel({ ids: ["a"], label: 3 }));

  const last = await second.read(7);
  expect(words).toBe("");
  expect([kept.rows.length, kept.done]).toEqual([2, 1]);
  expect(last.rows.map((row) => row.changes[0]?.after?.label)).toEqual([1, 2, 3]);
  expect(last.done).toBe(3);
});

test("a new step forgets what could have been redone", async () => {
  const steps = await open(new IDBFactory());
  const store = createStore({ image: IMAGE });
  follow(steps, store, await steps.read(7));
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }));
  store.undo();
  store.dispatch(addObject({ id: "b", rle: RLE, label: 1 }));

  const kept = await steps.read(7);

  expect(kept.rows.map((row) => row.changes[0]?.id)).toEqual(["b"]);
  expect(kept.done).toBe(1);
});

test("what no longer applies is said and replaced", async () => {
  const steps = await open(new IDBFactory());
  const store = createStore({ image: IMAGE });
  const keeper = follow(steps, store, await steps.read(7));
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }));
  keeper.leave();

  const kept = await steps.read(7);
  const empty = createDocument({ image: IMAGE });
  const { history, words } = revive(kept, empty);
  follow(steps, new EditorStore({ document: empty, history }), kept);

  expect(absentIds(kept, new Set())).toEqual(["a"]);
  expect(words).toContain("1 earlier step can no longer be undone");
  expect((await steps.read(7)).rows).toEqual([]);
});

test("storage that fails is told once, and the page goes on", async () => {
  const steps = await open(new IDBFactory());
  const told = [];
  const store = createStore({ image: IMAGE });
  follow(steps, store, await steps.read(7), (words) => told.push(words));
  await steps.read(7);
  steps.write = () => Promise.reject(new Error("The browser's storage for this page is full."));
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }));
  store.dispatch(addObject({ id: "b", rle: RLE, label: 1 }));
  await new Promise((done) => setTimeout(done, 10));
  store.undo();

  expect(told.length).toBe(1);
  expect(told[0]).toContain("storage for this page is full");
  expect(store.state.document.objects.size).toBe(1);
});

test("only the images seen last keep their steps", async () => {
  const steps = await open(new IDBFactory());
  const row = (image) => ({ image, seq: 1, words: "Add", changes: [] });
  for (let image = 1; image <= 51; image += 1)
    await steps.write(image, { put: [row(image)], remove: [], done: 1 });

  expect((await steps.read(1)).rows).toEqual([]);
  expect((await steps.read(51)).rows.length).toBe(1);
});
