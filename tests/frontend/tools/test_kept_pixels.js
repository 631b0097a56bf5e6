// What is locked keeps its pixels, also where a suggestion over it is corrected or confirmed.
import { describe, expect, test } from "vitest";
import { area } from "../../../frontend/src/geometry/rle.js";
import { intersectionArea } from "../../../frontend/src/geometry/sets.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { acceptObjects, chooseLabel } from "../../../frontend/src/pages/commands.js";
import { SHAPE_COMMANDS } from "../../../frontend/src/pages/shapeCommands.js";
import { brush, eraser } from "../../../frontend/src/tools/brush.js";
import { combine } from "../../../frontend/src/tools/combine.js";
import { knife } from "../../../frontend/src/tools/knife.js";
import { Bench } from "../../../frontend/src/tools/pixels/bench.js";
import { select } from "../../../frontend/src/tools/select.js";
import {
  columns,
  IMAGE,
  key,
  object,
  painted,
  sample,
  startHere,
  stroke,
  takeInHand,
} from "./hand.js";

const SKY = object("sky", columns(0, 19));
const OBJECTS = [
  SKY,
  object("guess", columns(10, 29), { state: "suggested", source: "model", z: 1 }),
  object("mine", columns(34, 39), { z: 2 }),
];
const SESSION = { locked: new Set(["sky"]), selection: ["guess"], label: 1, brushSize: 4 };

function inHand(tool, session = {}) {
  const taken = takeInHand(tool, OBJECTS, { panoptic: true });
  taken.store.update({ overlap: "protect", ...SESSION, ...session });
  return taken;
}

function isKept({ state: { document } }) {
  expect(document.objects.get("sky").rle).toBe(SKY.rle);
  const confirmed = [...document.objects.values()].filter(({ state }) => state === "confirmed");
  expect(confirmed.length).toBeGreaterThan(2);
  for (const one of confirmed)
    for (const other of confirmed)
      if (one !== other) expect(intersectionArea(one.rle, other.rle)).toBe(0);
}

describe("a locked object keeps its pixels where a suggestion over it is", () => {
  test.each([
    ["painted on", brush],
    ["erased from", eraser],
  ])("%s", (_how, tool) => {
    const { hand, store } = inHand(tool);

    stroke(hand, [29, 5], [30, 5]);

    isKept(store);
  });

  test("cut in two", () => {
    const { hand, store } = inHand(knife);

    stroke(hand, [22, -1], [22, 31]);

    isKept(store);
  });

  test("moved", () => {
    const { hand, store } = inHand(select);
    chooseLabel(store, 1);

    hand.key(key("ArrowLeft"));

    isKept(store);
    expect(area(store.state.document.objects.get("guess").rle)).toBe(9 * 30);
  });

  test.each([
    ["accepted", (store) => acceptObjects(store, ["guess"])],
    ["labelled", (store) => chooseLabel(store, 1)],
  ])("%s", (_how, act) => {
    const store = createStore({ image: IMAGE, objects: OBJECTS, panoptic: true });
    store.update({ overlap: "protect", ...SESSION });

    act(store);

    isKept(store);
    expect(area(store.state.document.objects.get("guess").rle)).toBe(10 * 30);
  });

  test("grown", async () => {
    const store = createStore({ image: IMAGE, objects: OBJECTS, panoptic: true });
    store.update({ overlap: "protect", ...SESSION, options: { tidyRadius: 2 } });
    const pixels = new Bench({ store, read: painted([], {}), start: startHere });

    SHAPE_COMMANDS.grow({ store, pixels, say: () => {} });
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();

    isKept(store);
    expect(area(store.state.document.objects.get("guess").rle)).toBe(12 * 30);
  });

  test("merged into another object", () => {
    const { hand, store } = inHand(combine, { selection: ["guess", "mine"] });

    hand.key(key("Enter"));

    const { objects } = store.state.document;
    expect(objects.get("sky").rle).toBe(SKY.rle);
    expect(area(objects.get("mine").rle)).toBe((10 + 6) * 30);
    expect(objects.has("guess")).toBe(false);
  });
});

test("with 'draw over' a suggestion that is accepted takes its pixels", () => {
  const store = createStore({ image: IMAGE, objects: OBJECTS, panoptic: true });
  store.update({ ...SESSION, overlap: "over" });

  acceptObjects(store, ["guess"]);

  expect(area(store.state.document.objects.get("sky").rle)).toBe(10 * 30);
});

test("an object that is locked in the middle of a stroke stays as it is, and that is said", () => {
  const { hand, store, notes } = inHand(brush, { selection: ["mine"], locked: new Set() });
  const { rle } = store.state.document.objects.get("mine");
  hand.down(sample(30, 5));
  store.update({ locked: new Set(["mine"]) });
  hand.up();

  expect(store.state.document.objects.get("mine").rle).toBe(rle);
  expect(notes[0][1]).toContain("locked");
});
