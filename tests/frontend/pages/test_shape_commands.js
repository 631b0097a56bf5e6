import { describe, expect, test } from "vitest";
import { area, bbox, fromBitmap } from "../../../frontend/src/geometry/rle.js";
import { DEFAULT_MAP } from "../../../frontend/src/keys/defaultMap.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { SHAPE_COMMANDS } from "../../../frontend/src/pages/shapeCommands.js";
import { Bench } from "../../../frontend/src/tools/pixels/bench.js";
import { columns, IMAGE, object, painted, startHere } from "../tools/hand.js";

function mask(inside) {
  const bits = new Uint8Array(30 * 40);
  for (let y = 0; y < 30; y += 1)
    for (let x = 0; x < 40; x += 1) bits[y * 40 + x] = Number(inside(x, y));
  return fromBitmap(bits, [30, 40]);
}

const box = (x0, y0, x1, y1) => (x, y) => x >= x0 && y >= y0 && x < x1 && y < y1;
const FRAME = mask((x, y) => box(5, 5, 25, 25)(x, y) && !box(10, 10, 20, 20)(x, y));
const ISLANDS = mask((x, y) => box(5, 5, 25, 25)(x, y) || box(30, 5, 32, 7)(x, y));

function page(objects, session = {}) {
  const store = createStore({ image: IMAGE, objects });
  store.update({ selection: objects.map(({ id }) => id), ...session });
  const said = [];
  const pixels = new Bench({ store, read: painted([], {}), start: startHere });
  const ports = { store, pixels, say: (words, kind) => said.push([kind, words]) };
  const steps = [];
  store.onChanges(({ words }) => steps.push(words));
  return { store, said, steps, run: (command) => SHAPE_COMMANDS[command](ports) };
}

async function later() {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}

const areaOf = (store, id) => area(store.state.document.objects.get(id).rle);

describe("tidying", () => {
  test.each([
    ["fillHoles", FRAME, 400],
    ["dropIslands", ISLANDS, 400],
    ["grow", mask(box(5, 5, 10, 10)), 25 + 20],
    ["shrink", mask(box(5, 5, 10, 10)), 9],
    ["smooth", mask((x, y) => box(5, 5, 25, 25)(x, y) || (x === 15 && y === 4)), 400],
  ])("%s is one undo step", async (command, rle, pixels) => {
    const { store, steps, run } = page([object("a", rle)]);

    expect(run(command)).toBe(true);
    await later();

    expect(areaOf(store, "a")).toBe(pixels);
    expect(steps).toHaveLength(1);
    store.undo();
    expect(areaOf(store, "a")).toBe(area(rle));
  });

  test("of several objects is one step too, locked ones stay", async () => {
    const { store, steps, run } = page(
      [object("a", columns(5, 9)), object("b", columns(20, 24)), object("c", columns(30, 34))],
      { locked: new Set(["c"]), options: { tidyRadius: 2 } },
    );

    run("grow");
    await later();

    expect(["a", "b", "c"].map((id) => areaOf(store, id) / 30)).toEqual([9, 9, 5]);
    expect(steps).toEqual(["Grow"]);
  });

  test("grows no further than where a locked object begins", async () => {
    const { store, run } = page([object("b", columns(10, 12)), object("a", columns(5, 9))], {
      selection: ["a"],
      locked: new Set(["b"]),
    });

    run("grow");
    await later();

    expect(areaOf(store, "a") / 30).toBe(6);
  });

  test("never shrinks an object away", async () => {
    const { store, said, run } = page([object("a", mask(box(5, 5, 7, 7)))]);

    run("shrink");
    await later();

    expect(areaOf(store, "a")).toBe(4);
    expect(said).toEqual([["info", "Nothing would be left."]]);
  });

  test("asked for three times in a row is done three times", async () => {
    const { store, said, steps, run } = page([object("a", mask(box(10, 10, 15, 15)))], {
      options: { tidyRadius: 1 },
    });

    for (let press = 0; press < 3; press += 1) run("grow");
    for (let turn = 0; turn < 5; turn += 1) await later();

    expect(steps).toEqual(["Grow", "Grow", "Grow"]);
    expect(bbox(store.state.document.objects.get("a").rle)).toEqual([7, 7, 11, 11]);
    expect(said).toEqual([]);
  });

  test("leaves alone what was changed while it was worked out", async () => {
    const { store, said, run } = page([object("a", FRAME)]);

    run("fillHoles");
    store.undo();
    store.dispatch(
      Object.assign(
        (document) => ({ ...document, objects: new Map([["a", object("a", ISLANDS)]]) }),
        { words: "Other" },
      ),
    );
    await later();

    expect(areaOf(store, "a")).toBe(area(ISLANDS));
    expect(said[0]).toEqual(["warn", "An object was changed meanwhile and left alone."]);
  });
});

describe("splitting into pieces", () => {
  test("makes an object of each piece, all selected, in one step", () => {
    const { store, steps, run } = page([object("a", ISLANDS)]);

    run("split");

    expect(store.state.document.objects.size).toBe(2);
    expect(areaOf(store, "a")).toBe(400);
    expect(store.state.session.selection).toHaveLength(2);
    expect(steps).toEqual(["Split into 2 objects"]);
  });

  test("of one piece is explained", () => {
    const { store, said, run } = page([object("a", FRAME)]);

    run("split");

    expect(store.state.document.objects.size).toBe(1);
    expect(said).toHaveLength(1);
  });
});

test.each([
  ["mergeSelected", { a: 20 }],
  ["subtractOthers", { b: 10, a: 5 }],
  ["intersectOthers", { b: 10, a: 5 }],
])("%s works on the object selected last", (command, expected) => {
  const { store, run } = page([object("b", columns(0, 9)), object("a", columns(5, 14))]);
  const shifted = command === "mergeSelected" ? { a: 15 } : expected;

  run(command);

  const widths = [...store.state.document.objects].map(([id, { rle }]) => [id, area(rle) / 30]);
  expect(Object.fromEntries(widths)).toEqual(shifted);
});

test.each(Object.keys(SHAPE_COMMANDS))("%s without a selection says what it needs", (command) => {
  const { said, run } = page([object("a", FRAME)], { selection: [] });

  expect(run(command)).toBe(true);

  expect(said).toHaveLength(1);
  expect(DEFAULT_MAP.some((binding) => binding.command === command)).toBe(true);
});
