// What the picture is compared with, and what is said where there is nothing.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiProblem } from "../../../frontend/src/api/client.js";
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { adoptObject } from "../../../frontend/src/model/actions/adoptObject.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { Board } from "../../../frontend/src/pages/board.js";
import { DiffDesk } from "../../../frontend/src/pages/diffDesk.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const SIZE = [2, 4];
const columns = (first, last) => fromRuns([2 * first, 2 * (last - first), 8 - 2 * last], SIZE);
const wire = (id, rle, facts = {}) => ({
  ...{ id, segmentation: rle, state: "suggested", source: "model", model: "sam_nano" },
  ...facts,
});
const MOMENT = { id: 5, annotation: "a", revision: 2, cause: "edit" };
const MISSING = new ApiProblem({ status: 404, code: "not_found", detail: "There is none." });

/** An open image with object a on columns 1 and 2, and b on the last; a server by path. */
async function opened(answers) {
  const image = { id: 7, width: 4, height: 2 };
  const objects = [
    { id: "a", label: 1, rle: columns(1, 3), z: 0, state: "confirmed" },
    { id: "b", label: 1, rle: columns(3, 4), z: 1, state: "suggested" },
  ];
  const store = createStore({ image, objects });
  const asked = [];
  const client = {
    send: async (_method, path) => {
      asked.push(path);
      const answer = answers[path];
      if (!answer) throw MISSING;
      return { data: { next: null, ...answer } };
    },
  };
  const board = new Board({ image });
  const desk = {
    store,
    room: { image },
    get state() {
      return store.state;
    },
    onState: (listener) => store.subscribe(listener),
  };
  const diff = new DiffDesk(desk, { client, board });
  const counts = () => board.facts.diff?.counts;
  return { diff, store, board, asked, counts };
}

const FIRST = "images/7/annotations/a/history/?revision=1";

test("the selected object is compared with what the model suggested, and follows the hand", async () => {
  const { diff, store, counts, board } = await opened({
    [FIRST]: { results: [wire("a", columns(0, 2))] },
  });
  store.update({ selection: ["a"] });
  await diff.withPrelabel();

  expect(counts()).toMatchObject({ added: 2, removed: 2, same: 2, iou: 1 / 3 });
  expect(store.state.session.diff.added).toHaveLength(1);
  expect(board.facts.diff.model).toBe("sam_nano");

  store.dispatch(adoptObject({ ...store.state.document.objects.get("a"), rle: columns(0, 3) }));
  await vi.runAllTimersAsync();
  expect(counts()).toMatchObject({ added: 2, removed: 0, same: 4 });
  diff.toggle();
  expect(board.facts.diff).toBeNull();
  expect(store.state.session.diff).toBeNull();
});

test("an object that a person drew has no pre-label, and one not saved yet no past", async () => {
  const drawn = wire("a", columns(0, 2), { state: "confirmed", source: "manual" });
  const { diff, store, board } = await opened({ [FIRST]: { results: [drawn] } });
  store.update({ selection: ["a"] });
  await diff.withPrelabel();
  expect(board.facts.diff.words).toBe("This object has no pre-label: no model suggested it.");
  expect(store.state.session.diff).toBeNull();

  store.update({ selection: ["b"] });
  await vi.runAllTimersAsync();
  expect(board.facts.diff.words).toContain("has not reached the server yet");
});

test("without a selection the image is compared with how the last pre-labelling left it", async () => {
  const { diff, board, counts, asked } = await opened({
    "images/7/history/?limit=200": {
      results: [
        { id: 9, cause: "edit" },
        { id: 8, cause: "prelabel", model: "sam_nano" },
      ],
    },
    "images/7/history/8/": {
      results: [
        wire("a", columns(1, 3)),
        wire("c", columns(0, 1)),
        wire("d", columns(0, 4), { state: "deleted" }),
      ],
    },
  });
  await diff.withPrelabel();

  expect(counts()).toMatchObject({ added: 2, removed: 2, same: 4, newObjects: 1, goneObjects: 1 });
  expect(board.facts.diff.of).toBeNull();
  expect(asked).toEqual(["images/7/history/?limit=200", "images/7/history/8/"]);
});

test("an image that no model went over says so", async () => {
  const { diff, board } = await opened({ "images/7/history/?limit=200": { results: [] } });
  await diff.withPrelabel();

  expect(board.facts.diff.words).toContain("never pre-labelled");
});

test("a moment of the history stays what it is compared with, whatever is selected", async () => {
  const { diff, store, board, counts } = await opened({
    "images/7/annotations/a/history/?revision=2": { results: [wire("a", columns(1, 2))] },
  });
  await diff.withMoment(MOMENT, "a");
  expect(counts()).toMatchObject({ added: 2, removed: 0, same: 2 });

  store.update({ selection: ["b"] });
  await vi.runAllTimersAsync();
  expect(board.facts.diff).toMatchObject({ of: "a", moment: MOMENT });
});
