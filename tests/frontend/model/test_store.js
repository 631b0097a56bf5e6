import { describe, expect, test, vi } from "vitest";
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { adoptObject } from "../../../frontend/src/model/actions/adoptObject.js";
import { deleteObject } from "../../../frontend/src/model/actions/deleteObject.js";
import { putLabel } from "../../../frontend/src/model/actions/putLabel.js";
import { relabel } from "../../../frontend/src/model/actions/relabel.js";
import { replaceMask } from "../../../frontend/src/model/actions/replaceMask.js";
import { createStore } from "../../../frontend/src/model/store.js";

const SIZE = /** @type {const} */ ([4, 5]);
const MASK = fromRuns([5, 2, 13], SIZE);
const OTHER = fromRuns([8, 4, 8], SIZE);
const IMAGE = { id: 7, width: 5, height: 4 };

function storeWith(...ids) {
  const store = createStore({ image: IMAGE });
  for (const id of ids) store.dispatch(addObject({ id, rle: MASK, label: 1 }));
  return store;
}

function recordChanges(store) {
  const sets = [];
  store.onChanges((changes) => sets.push(changes));
  return sets;
}

describe("dispatch", () => {
  test("announces what changed, with before and after", () => {
    const store = storeWith("a", "b");
    const sets = recordChanges(store);
    const before = store.state.document.objects.get("a");

    store.dispatch(replaceMask({ id: "a", rle: OTHER }));

    expect(sets).toHaveLength(1);
    expect(sets[0]).toMatchObject({ origin: "local", words: "Edit mask" });
    expect(sets[0].changes).toEqual([
      { id: "a", before, after: store.state.document.objects.get("a") },
    ]);
  });

  test("an action that changes nothing is no step and no change", () => {
    const store = storeWith("a");
    const sets = recordChanges(store);

    expect(store.dispatch(replaceMask({ id: "a", rle: MASK }))).toBe(false);

    expect(sets).toEqual([]);
    expect(store.state.undoWords).toBe("Add object");
  });

  test("documents and their objects are frozen and share what did not change", () => {
    const store = storeWith("a", "b");
    const before = store.state.document;

    store.dispatch(relabel({ ids: ["a"], label: 2 }));

    const after = store.state.document;
    expect(Object.isFrozen(after)).toBe(true);
    expect(Object.isFrozen(after.objects.get("a"))).toBe(true);
    expect(after.objects.get("b")).toBe(before.objects.get("b"));
    expect(before.objects.get("a")).toMatchObject({ label: 1 });
  });

  test("a selected object that goes leaves the selection", () => {
    const store = storeWith("a", "b");
    store.update({ selection: ["a", "b"], hover: "a" });

    store.dispatch(deleteObject({ ids: ["a"] }));

    expect(store.state.session).toMatchObject({ selection: ["b"], hover: null });
  });
});

describe("undo", () => {
  test("takes back step by step and redo does again", () => {
    const store = storeWith("a");
    store.dispatch(replaceMask({ id: "a", rle: OTHER }));
    store.dispatch(relabel({ ids: ["a"], label: 2 }));

    expect(store.state.undoWords).toBe("Relabel object");
    store.undo();
    expect(store.state.document.objects.get("a")).toMatchObject({ label: 1, rle: OTHER });
    store.undo();
    expect(store.state.document.objects.get("a")).toMatchObject({ label: 1, rle: MASK });
    store.redo();
    store.redo();

    expect(store.state.document.objects.get("a")).toMatchObject({ label: 2, rle: OTHER });
    expect(store.redo()).toBe(false);
  });

  test("an undo is announced like any change, so that it is sent", () => {
    const store = storeWith("a");
    const sets = recordChanges(store);

    store.undo();

    expect(sets[0]).toMatchObject({ origin: "local", words: "Undo add object" });
    expect(sets[0].changes[0]).toMatchObject({ id: "a", after: null });
  });

  test("a new step forgets what could be done again", () => {
    const store = storeWith("a");
    store.undo();

    store.dispatch(addObject({ id: "b", rle: MASK, label: null }));

    expect(store.state.canRedo).toBe(false);
  });

  test("nothing to undo is said, not thrown", () => {
    const store = createStore({ image: IMAGE });

    expect(store.undo()).toBe(false);
    expect(store.state).toMatchObject({ canUndo: false, undoWords: "" });
  });

  test("a deleted object comes back under its id", () => {
    const store = storeWith("a");
    const object = store.state.document.objects.get("a");

    store.dispatch(deleteObject({ ids: ["a"] }));
    store.undo();

    expect(store.state.document.objects.get("a")).toBe(object);
  });

  test("the oldest of very many steps are forgotten, the newest are not", () => {
    const store = storeWith("a");
    for (let step = 0; step < 300; step += 1)
      store.dispatch(relabel({ ids: ["a"], label: step + 2 }));

    let undone = 0;
    while (store.undo()) undone += 1;

    expect(undone).toBe(200);
    expect(store.state.document.objects.get("a")).toMatchObject({ label: 101 });
  });
});

describe("revisions", () => {
  test("an undo after a save is based on the newest revision", () => {
    const store = storeWith("a");
    store.acknowledge("a", 1);
    store.dispatch(replaceMask({ id: "a", rle: OTHER }));
    store.acknowledge("a", 2);

    store.undo();

    expect(store.state.document.objects.get("a")).toMatchObject({ rle: MASK });
    expect(store.revisionOf("a")).toBe(2);
  });

  test("undoing a saved deletion is based on the tombstone", () => {
    const store = storeWith("a");
    store.acknowledge("a", 1);
    store.dispatch(deleteObject({ ids: ["a"] }));
    store.acknowledge("a", 2);

    store.undo();

    expect(store.revisionOf("a")).toBe(2);
    expect(store.state.document.objects.has("a")).toBe(true);
  });

  test("an acknowledgement is no step and no change", () => {
    const store = storeWith("a");
    const sets = recordChanges(store);
    const { state } = store;

    store.acknowledge("a", 5);

    expect(store.state).toBe(state);
    expect(sets).toEqual([]);
  });

  test("an object that the server had lost and stored anew counts from one", () => {
    const store = storeWith("a");

    store.acknowledge("a", 5);
    store.acknowledge("a", 1);

    expect(store.revisionOf("a")).toBe(1);
  });

  test("an older acknowledgement does not take the revision back", () => {
    const store = storeWith("a");

    store.acknowledge("a", 5);
    store.acknowledge("a", 3);

    expect(store.revisionOf("a")).toBe(5);
    expect(store.revisionOf("b")).toBe(null);
  });
});

describe("what comes from the server", () => {
  const theirs = (store, parts) => ({ ...store.state.document.objects.get("a"), ...parts });

  test("is announced as remote and cannot be undone", () => {
    const store = storeWith("a");
    const sets = recordChanges(store);

    store.dispatch(adoptObject(theirs(store, { label: 9 })), { origin: "remote" });
    store.undo();

    expect(sets[0]).toMatchObject({ origin: "remote" });
    expect(store.state.document.objects.get("a")).toMatchObject({ label: 9 });
  });

  test("survives the undo of a step on another object", () => {
    const store = storeWith("a", "b");
    store.dispatch(relabel({ ids: ["b"], label: 3 }));

    store.dispatch(adoptObject(theirs(store, { label: 9 })), { origin: "remote" });
    store.undo();

    expect(store.state.document.objects.get("a")).toMatchObject({ label: 9 });
    expect(store.state.document.objects.get("b")).toMatchObject({ label: 1 });
  });

  test("drops the steps that it made empty, in both directions", () => {
    const store = storeWith("b", "a");
    store.dispatch(relabel({ ids: ["a"], label: 3 }));
    store.dispatch(relabel({ ids: ["a"], label: 4 }));
    store.undo();

    store.dispatch(adoptObject(theirs(store, { label: 9 })), { origin: "remote" });

    expect(store.state.canRedo).toBe(false);
    expect(store.state.undoWords).toBe("Add object");
    store.undo();
    expect([...store.state.document.objects.keys()]).toEqual(["a"]);
  });

  test("a label that was stored is there after every undo", () => {
    const store = storeWith("a");
    const label = {
      id: 4,
      number: 1,
      name: "cat",
      color: "#0072b2",
      is_thing: true,
      supercategory: "",
      hotkey: "1",
      order: 2,
      archived: false,
    };
    const earlier = { ...label, id: 5, order: 1, name: "dog" };

    store.dispatch(putLabel(label), { origin: "remote" });
    store.dispatch(putLabel(earlier), { origin: "remote" });
    store.dispatch(putLabel({ ...label, name: "Cat" }), { origin: "remote" });
    store.undo();

    expect(store.state.document.labels.map(({ name }) => name)).toEqual(["dog", "Cat"]);
  });
});

describe("listeners", () => {
  test("get the new state and the former one, until they stop", () => {
    const store = storeWith();
    const listener = vi.fn();
    const stop = store.subscribe(listener);
    const former = store.state;

    store.update({ tool: "brush" });
    stop();
    store.update({ tool: "pan" });

    expect(listener.mock.calls).toEqual([
      [expect.objectContaining({ session: expect.objectContaining({ tool: "brush" }) }), former],
    ]);
  });

  test("of one value are called when it changes and not otherwise", () => {
    const store = storeWith();
    const tools = [];
    store.watch(
      (state) => state.session.tool,
      (tool, formerTool) => tools.push([tool, formerTool]),
    );

    store.update({ label: 3 });
    store.update({ tool: "brush" });
    store.update({ tool: "brush" });

    expect(tools).toEqual([["brush", "select"]]);
  });

  test("see the state that they are told about", () => {
    const store = storeWith();
    store.onChanges(({ document }) => expect(store.state.document).toBe(document));

    store.dispatch(addObject({ id: "a", rle: MASK, label: 1 }));

    expect.assertions(1);
  });
});

test("a stroke on one of a thousand objects copies no other object", () => {
  const objects = Array.from({ length: 1000 }, (_none, at) => ({
    id: `id-${at}`,
    label: 1,
    rle: MASK,
    z: at,
    state: "confirmed",
    source: "manual",
    score: null,
    stability: null,
    model: "",
    iscrowd: false,
    attributes: {},
  }));
  const store = createStore({ image: IMAGE, objects });
  const before = store.state.document;

  store.dispatch(replaceMask({ id: "id-500", rle: OTHER }));

  const kept = [...before.objects].filter(
    ([id, object]) => store.state.document.objects.get(id) === object,
  );
  expect(kept).toHaveLength(999);
});
