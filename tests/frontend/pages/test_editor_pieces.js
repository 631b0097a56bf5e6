import { describe, expect, test } from "vitest";
import { bodyFromObject, objectFromWire } from "../../../frontend/src/api/wire.js";
import { fromRuns, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { RULER_PX } from "../../../frontend/src/geometry/ruler.js";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { createDocument } from "../../../frontend/src/model/document.js";
import { coverage } from "../../../frontend/src/model/void.js";
import {
  acceptObjects,
  chooseLabel,
  removeObjects,
  STORE_COMMANDS,
} from "../../../frontend/src/pages/commands.js";
import { GuardedStore } from "../../../frontend/src/pages/guardedStore.js";
import { objectsOf } from "../../../frontend/src/pages/imageRoom.js";
import { jobWords } from "../../../frontend/src/pages/progress.js";

const SIZE = [4, 5];
const RLE = fromRuns([5, 2, 13], SIZE);
const OTHER = fromRuns([6, 4, 10], SIZE);

function object(id, parts = {}) {
  return {
    id,
    label: 1,
    rle: RLE,
    z: 0,
    state: "confirmed",
    source: "manual",
    score: null,
    stability: null,
    model: "",
    iscrowd: false,
    attributes: {},
    ...parts,
  };
}

function storeWith(objects, { refuses = () => false, session = {} } = {}) {
  const document = createDocument({ image: { id: 1, width: 5, height: 4 }, objects });
  return new GuardedStore({ document, session }, refuses);
}

function stateOf(store, id) {
  return store.state.document.objects.get(id)?.state ?? "gone";
}

describe("coverage", () => {
  test.each([
    ["nothing", [], 0],
    ["overlaps count once", [object("a"), object("b", { rle: OTHER })], 5 / 20],
    [
      "suggestions and rejected ones do not count",
      [object("a", { state: "suggested" }), object("b", { state: "rejected" })],
      0,
    ],
    ["the whole", [object("a", { rle: fromRuns([0, 20], SIZE) })], 1],
  ])("of %s", (_, objects, share) => {
    expect(coverage(storeWith(objects).state.document)).toBe(share);
  });
});

test("an object survives the wire unchanged", () => {
  const made = object("a", {
    score: 0.5,
    stability: 0.25,
    model: "classic",
    attributes: { seen: true },
    z: 3,
  });

  expect(objectFromWire({ ...bodyFromObject(made), id: "a" })).toEqual(made);
  expect(toBitmap(objectFromWire({ ...bodyFromObject(made), id: "a" }).rle)).toEqual(toBitmap(RLE));
});

test("what is unsent lies over what the server says", () => {
  const wire = (id, parts = {}) => ({ ...bodyFromObject(object(id, parts)), id, revision: 1 });
  const unsent = new Map([
    ["changed", bodyFromObject(object("changed", { label: 2 }))],
    ["deleted", null],
    ["new", bodyFromObject(object("new"))],
  ]);

  const shown = objectsOf(
    [wire("kept"), wire("changed"), wire("deleted"), wire("gone", { state: "deleted" })],
    unsent,
  );

  expect(shown.map(({ id, label }) => [id, label])).toEqual([
    ["kept", 1],
    ["changed", 2],
    ["new", 1],
  ]);
});

describe("a store that may not be changed", () => {
  test("refuses the person, in drawing, undo and redo, and takes the server's word", () => {
    let isClosed = false;
    const store = storeWith([], { refuses: () => isClosed });
    store.dispatch(addObject({ id: "mine", rle: RLE, label: 1 }));
    isClosed = true;

    expect(store.dispatch(addObject({ id: "more", rle: RLE, label: 1 }))).toBe(false);
    expect(store.undo()).toBe(false);
    store.dispatch(addObject({ id: "theirs", rle: RLE, label: 1 }), { origin: "remote" });

    expect([...store.state.document.objects.keys()]).toEqual(["mine", "theirs"]);
  });
});

describe("commands", () => {
  test("delete what a person made, reject what a model proposed, in one step", () => {
    const store = storeWith(
      [
        object("mine"),
        object("unnamed", { state: "suggested", label: null }),
        object("model", { state: "suggested", source: "model" }),
        object("locked"),
      ],
      { session: { locked: new Set(["locked"]) } },
    );
    const all = ["mine", "unnamed", "model", "locked"];

    expect(removeObjects(store, all)).toBe(true);
    expect(all.map((id) => stateOf(store, id))).toEqual(["gone", "gone", "rejected", "confirmed"]);
    store.undo();
    expect(["mine", "model"].map((id) => stateOf(store, id))).toEqual(["confirmed", "suggested"]);
  });

  test("with nothing to delete leave the key to the browser", () => {
    expect(STORE_COMMANDS.remove(storeWith([]))).toBe(false);
  });

  test("a label goes to the selection and to what comes next", () => {
    const store = storeWith([object("a", { state: "suggested", label: null })], {
      session: { selection: ["a"] },
    });

    chooseLabel(store, 4);

    expect(store.state.document.objects.get("a")).toMatchObject({ label: 4, state: "confirmed" });
    expect(store.state.session.label).toBe(4);
  });

  test("accepting needs a label", () => {
    const store = storeWith([object("a", { state: "suggested", label: null })]);

    expect(acceptObjects(store, ["a"])).toBe(false);
    store.update({ label: 2 });
    expect(acceptObjects(store, ["a"])).toBe(true);
  });

  test.each([
    [1, "brushSmaller", 1],
    [1, "brushLarger", 2],
    [20, "brushLarger", 22],
    [20, "brushSmaller", 18],
    [20, "brushMuchLarger", 30],
    [30, "brushMuchSmaller", 20],
    [2000, "brushMuchLarger", 2000],
  ])("a brush of %i px, %s: %i px", (before, command, after) => {
    const store = storeWith([], { session: { brushSize: before } });

    STORE_COMMANDS[command](store);
    expect(store.state.session.brushSize).toBe(after);
  });

  test("solo shows the selected ones alone, and all again", () => {
    const session = { selection: ["a"] };
    const store = storeWith([object("a"), object("b"), object("c")], { session });

    expect(STORE_COMMANDS.solo(store)).toBe(true);
    expect(store.state.session.hidden).toEqual(new Set(["b", "c"]));
    store.update({ selection: ["b"] });
    STORE_COMMANDS.solo(store);
    expect(store.state.session.hidden).toEqual(new Set(["a", "c"]));
    STORE_COMMANDS.solo(store);
    expect(store.state.session.hidden).toEqual(new Set());

    store.update({ selection: [] });
    expect(STORE_COMMANDS.solo(store)).toBe(false);
  });

  test("zoom to the object selected last fills the stage with it", () => {
    const session = { selection: ["a"], stage: { width: 500, height: 400 } };
    const store = storeWith([object("a")], { session });

    expect(STORE_COMMANDS.zoomToObject(store)).toBe(true);
    const { view } = store.state.session;
    const [x, y] = [1.5, 2]; // its middle: rows 1 and 2 of column 1
    expect(Math.abs(view.x + x * view.scale - 250)).toBeLessThan(20);
    expect(Math.abs(view.y + y * view.scale - 200)).toBeLessThan(20); // below the tool's options
    expect(view.scale).toBeGreaterThan(10);
    store.update({ selection: [] });
    expect(STORE_COMMANDS.zoomToObject(store)).toBe(false);
  });

  test("select all takes what shows", () => {
    const objects = [object("a"), object("b"), object("no", { state: "rejected" })];
    const store = storeWith(objects, { session: { hidden: new Set(["b"]) } });

    STORE_COMMANDS.selectAll(store);

    expect(store.state.session.selection).toEqual(["a"]);
  });

  test("the rulers take their room from the canvas, and the picture stays on the screen", () => {
    const store = storeWith([], { session: { view: { scale: 2, x: 100, y: 60 } } });

    STORE_COMMANDS.rulers(store);
    const { view, rulersShown } = store.state.session;
    expect(rulersShown).toBe(true);
    expect([view.x, view.y]).toEqual([100 - RULER_PX, 60 - RULER_PX]);
    STORE_COMMANDS.rulers(store);
    expect(store.state.session).toMatchObject({ view: { x: 100, y: 60 }, rulersShown: false });
  });

  test("the picture is inverted and back", () => {
    const store = storeWith([]);

    STORE_COMMANDS.invertPicture(store);
    expect(store.state.session.picture.invert).toBe(true);
    STORE_COMMANDS.invertPicture(store);
    expect(store.state.session.picture.invert).toBe(false);
  });

  test("hiding hides all while one is seen, and shows them all again", () => {
    const store = storeWith([object("a"), object("b")], {
      session: { selection: ["a", "b"], hidden: new Set(["b"]) },
    });

    STORE_COMMANDS.hide(store);
    expect([...store.state.session.hidden].sort()).toEqual(["a", "b"]);
    STORE_COMMANDS.hide(store);
    expect([...store.state.session.hidden]).toEqual([]);
  });
});

test.each([
  [{ state: "queued", total: 0, done: 0, failed: 0, error: null }, "Waiting for a worker"],
  [
    { state: "queued", total: 4, done: 0, failed: 0, error: null, waiting: "Waiting for a model." },
    "Waiting for a model. · 0 of 4",
  ],
  [{ state: "running", total: 40, done: 12, failed: 0, error: null }, "Running · 12 of 40"],
  [
    { state: "failed", total: 40, done: 12, failed: 2, error: "No weights found." },
    "Failed · 12 of 40 · 2 failed · No weights found.",
  ],
  [{ state: "done", total: 1, done: 1, failed: 0, error: null }, "Done · 1 of 1"],
])("a job in words: %o", (job, words) => {
  expect(jobWords(job)).toBe(words);
});
