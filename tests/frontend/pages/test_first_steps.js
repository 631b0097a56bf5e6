// The first steps are ticked by doing, in any order, closed and begun again.
import { expect, test } from "vitest";
import { remapped } from "../../../frontend/src/keys/remap.js";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { relabel } from "../../../frontend/src/model/actions/relabel.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { Board } from "../../../frontend/src/pages/board.js";
import { HintDesk } from "../../../frontend/src/pages/hintDesk.js";
import { fullMap } from "../../../frontend/src/pages/keyMaps.js";
import { FIRST_STEPS, nextStep } from "../../../frontend/src/panels/firstSteps.js";
import { pressOf } from "../../../frontend/src/panels/withPress.js";

const RLE = { size: /** @type {const} */ ([3, 4]), counts: "31;" };

function scene(hints = []) {
  const store = createStore({ image: { id: 1, width: 4, height: 3 } });
  const board = new Board({ hints });
  const sent = [];
  const said = [];
  const client = /** @type {any} */ ({
    send: async (...words) => sent.push(words[2].json.preferences.hints_seen),
  });
  const toasts = /** @type {any} */ ({ say: (words) => said.push(words) });
  /** @type {(() => void)[]} */
  const listeners = [];
  const desk = /** @type {any} */ ({ store, onState: (listener) => listeners.push(listener) });
  const firstSteps = new HintDesk(desk, { client, board, toasts });
  for (const listener of listeners) listener();
  const next = () => nextStep(board.facts.hints)?.step.name ?? null;
  return { store, board, sent, said, firstSteps, next };
}

test("each step is done by doing it, and the last one says so", () => {
  const { store, sent, said, firstSteps, next } = scene();
  const steps = [next()];
  store.update({ tool: "brush" });
  store.dispatch(addObject({ id: "a", rle: RLE, label: null }));
  steps.push(next());
  store.undo();
  steps.push(next());
  store.update({ tool: "smart" });
  store.dispatch(addObject({ id: "b", rle: RLE, label: null, source: "model" }));
  steps.push(next());
  store.dispatch(relabel({ ids: ["b"], label: 1 }));
  steps.push(next());
  firstSteps.ran("submit");
  steps.push(next());

  expect(steps).toEqual(["draw", "undo", "smart", "label", "submit", null]);
  expect(sent.at(-1)).toEqual(["draw", "undo", "smart", "label", "submit"]);
  expect(said).toHaveLength(1);
});

test("what was done before its turn is not asked for again", () => {
  const { store, next } = scene();
  store.update({ label: 4 });
  store.dispatch(addObject({ id: "a", rle: RLE, label: 4 }));
  store.undo();

  expect(next()).toBe("smart");
});

test("a redo and what the server sends are no steps", () => {
  const { store, next } = scene();
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }), { origin: "remote" });

  expect(next()).toBe("draw");
});

test("closed hints stay closed until they are begun again; others' hints are kept", () => {
  const { store, sent, firstSteps, next } = scene(["draw", "of-somebody-else"]);
  firstSteps.close();
  store.dispatch(addObject({ id: "a", rle: RLE, label: 1 }));
  const closed = next();
  firstSteps.restart();

  expect(closed).toBeNull();
  expect(sent.at(-1)).toEqual(["of-somebody-else"]);
  expect(next()).toBe("draw");
});

test("nothing is submitted on an image that may not be changed", () => {
  const { board, firstSteps, next } = scene(["draw", "undo", "smart", "label"]);
  board.show({ readOnly: "This image is submitted." });
  firstSteps.ran("submit");

  expect(next()).toBe("submit");
});

test("steps name the keys of the map in force, or the command where it has none", () => {
  const map = remapped(fullMap(), { "tool:brush": ["Shift+K"], submit: [] });
  const said = FIRST_STEPS.map(({ how }) => how((command) => pressOf(command, map)));

  expect(said[0]).toContain("Press Shift+K and drag");
  expect(said[1]).toContain("Ctrl+Z undoes");
  expect(said[4]).toContain("Submit and next submits");
});
