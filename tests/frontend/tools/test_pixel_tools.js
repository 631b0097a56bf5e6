import { describe, expect, test } from "vitest";
import { area, bbox, contains, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { scissors } from "../../../frontend/src/tools/scissors.js";
import { superpixelTool } from "../../../frontend/src/tools/superpixels.js";
import { answered, click, key, object, painted, sample, stroke, takeInHand } from "./hand.js";

/** A bright block of 16 x 12 at (12, 9) on dark ground. */
const ROWS = Array.from({ length: 30 }, (_, y) =>
  Array.from({ length: 40 }, (_, x) => (x >= 12 && x < 28 && y >= 9 && y < 21 ? "#" : ".")).join(
    "",
  ),
);
const read = painted(ROWS, { ".": [30, 30, 30], "#": [220, 210, 200] });

const objectsOf = ({ store }) => [...store.state.document.objects.values()];
const kinds = ({ store }) => store.state.session.overlay.map(({ kind }) => kind);

async function inHand(tool, objects = [], session = {}) {
  const taken = takeInHand(tool, objects, { read });
  taken.store.update({ label: 3, ...session });
  await answered(taken);
  return taken;
}

function isBlock(rle) {
  const expected = ROWS.join("").replaceAll(".", "0").replaceAll("#", "1");
  return Array.from(toBitmap(rle)).join("") === expected;
}

describe("superpixels", () => {
  const fine = { options: { superpixelSide: 8 } };

  test("show their borders, and the piece under the pointer", async () => {
    const tool = await inHand(superpixelTool, [], fine);

    tool.hand.hover(sample(20, 15));

    expect(kinds(tool)).toEqual(["raster", "preview"]);
    expect(tool.store.state.session.status).toMatch(/^\d+ pieces$/);
    const [, shown] = tool.store.state.session.overlay;
    expect(contains(shown.rle, 20, 15)).toBe(true);
    expect(contains(shown.rle, 5, 5)).toBe(false);
  });

  test("a drag over them makes an object that ends where colours do, in one undo step", async () => {
    const tool = await inHand(superpixelTool, [], fine);

    tool.hand.down(sample(13, 10));
    for (const y of [10, 12, 14, 16, 18, 20])
      tool.hand.drag([sample(26.5, y), sample(12.5, y + 0.5)]);
    tool.hand.up(sample(13, 20));

    expect(objectsOf(tool)).toHaveLength(1);
    expect(objectsOf(tool)[0].label).toBe(3);
    expect(isBlock(objectsOf(tool)[0].rle)).toBe(true);
    tool.store.undo();
    expect(objectsOf(tool)).toEqual([]);
  });

  test("go on in the selected object, and with Alt are taken away from it", async () => {
    const tool = await inHand(superpixelTool, [], fine);
    click(tool.hand, 20, 15);
    const one = area(objectsOf(tool)[0].rle);
    click(tool.hand, 13, 10);
    const two = area(objectsOf(tool)[0].rle);

    click(tool.hand, 13, 10, { alt: true });

    expect(two).toBeGreaterThan(one);
    expect(area(objectsOf(tool)[0].rle)).toBe(one);
    expect(objectsOf(tool)).toHaveLength(1);
  });

  test("what is clicked and drawn while they are made is not lost", async () => {
    const tool = takeInHand(superpixelTool, [], { read });
    tool.store.update({ label: 3, ...fine });

    click(tool.hand, 5, 5);
    tool.hand.down(sample(20, 15));
    tool.hand.drag([sample(26, 15)]);
    expect(objectsOf(tool)).toEqual([]);
    await answered(tool);

    const [clicked] = objectsOf(tool);
    expect(contains(clicked.rle, 5, 5)).toBe(true);
    expect(contains(clicked.rle, 20, 15)).toBe(false);
    tool.hand.up(sample(26, 15));
    const [both] = objectsOf(tool);
    expect([20, 26].map((x) => contains(both.rle, x, 15))).toEqual([true, true]);
    expect(tool.notes).toEqual([]);
  });

  test("a pointer lost while they are made changes nothing", async () => {
    const tool = takeInHand(superpixelTool, [], { read });
    tool.store.update({ label: 3, ...fine });

    tool.hand.down(sample(20, 15));
    tool.hand.abort();
    await answered(tool);

    expect(objectsOf(tool)).toEqual([]);
  });

  test("who lays them away before they are made is told of the clicks", async () => {
    const tool = takeInHand(superpixelTool, [], { read });
    tool.store.update({ label: 3, ...fine });

    click(tool.hand, 20, 15);
    tool.hand.disable();
    await answered(tool);

    expect(objectsOf(tool)).toEqual([]);
    expect(tool.notes).toEqual([
      ["warn", "The pieces were still being made: nothing was changed."],
    ]);
  });

  test("Alt over nothing is explained, a lost pointer changes nothing", async () => {
    const tool = await inHand(superpixelTool, [], fine);

    click(tool.hand, 20, 15, { alt: true });
    tool.hand.down(sample(20, 15));
    tool.hand.abort();
    tool.hand.up(sample(20, 15));

    expect(tool.notes).toHaveLength(1);
    expect(objectsOf(tool)).toEqual([]);
  });

  test("the wheel with Alt makes them coarser, and they are made anew", async () => {
    const tool = await inHand(superpixelTool, [], fine);
    const count = () => Number.parseInt(tool.store.state.session.status, 10);
    const before = count();

    expect(tool.hand.altWheel(4)).toBe(true);
    await answered(tool);

    expect(count()).toBeLessThan(before);
    tool.hand.disable();
  });
});

describe("magnetic scissors", () => {
  const CORNERS = [
    [12, 10],
    [27, 10],
    [27, 20],
    [12, 20],
  ];

  async function cut(tool, corners) {
    for (const [x, y] of corners) click(tool.hand, x, y);
    await answered(tool);
  }

  test("follow the edges between a few rough clicks", async () => {
    const tool = await inHand(scissors, [], { options: { scissorsSnap: 3 } });
    tool.store.update({ view: { scale: 4, x: 0, y: 0 } });
    for (const [x, y] of CORNERS) {
      const at = { screen: { x: 4 * x, y: 4 * y } };
      tool.hand.down(sample(x, y, at));
    }
    await answered(tool);
    tool.hand.key(key("Enter"));
    await answered(tool);

    const [drawn] = objectsOf(tool);
    expect(drawn.label).toBe(3);
    const [x, y, width, height] = bbox(drawn.rle);
    expect([x, y].every((at, i) => Math.abs(at - [12, 9][i]) <= 1)).toBe(true);
    expect([width, height].every((at, i) => Math.abs(at - [16, 12][i]) <= 1)).toBe(true);
    expect(area(drawn.rle) / (width * height)).toBeGreaterThan(0.93);
    expect(tool.store.state.session).toMatchObject({ overlay: [], busy: false });
  });

  test.each([
    [0, 0],
    [5, 3],
  ])("look for an edge %i px around a click: %i px further", async (snap, further) => {
    const tool = await inHand(scissors, [], { options: { scissorsSnap: snap } });

    await cut(tool, [[9, 15]]);

    const [knot] = tool.store.state.session.overlay.at(-1).points;
    expect(Math.abs(knot.x - 9 - further)).toBeLessThan(1.5);
  });

  test("wait for the wire of a click that came before", async () => {
    const tool = await inHand(scissors);

    await cut(tool, [
      [12, 9],
      [28, 21],
    ]);

    const [line, knots] = tool.store.state.session.overlay;
    expect(knots.points).toHaveLength(2);
    expect(line.points.length).toBeGreaterThan(10);
    expect(tool.store.state.session.status).toBe("2 points");
  });

  test("with Ctrl are straight and do not snap", async () => {
    const tool = await inHand(scissors);

    await cut(tool, [[2, 2]]);
    click(tool.hand, 35, 25, { ctrl: true });
    await answered(tool);

    expect(tool.store.state.session.overlay[0].points.at(-2)).toEqual({ x: 35, y: 25 });
  });

  test("Backspace takes a stretch back, redo brings it again, Esc forgets all", async () => {
    const tool = await inHand(scissors);
    await cut(tool, [
      [2, 2],
      [35, 2],
      [35, 27],
    ]);

    tool.hand.key(key("Backspace"));
    expect(tool.store.state.session.status).toBe("2 points");
    tool.hand.redo();
    expect(tool.store.state.session.status).toBe("3 points");
    await answered(tool);
    expect(tool.hand.cancel()).toBe(true);

    expect(tool.hand.cancel()).toBe(false);
    expect(kinds(tool)).toEqual([]);
    expect(objectsOf(tool)).toEqual([]);
  });

  test("Esc drops clicks that still wait", async () => {
    const tool = await inHand(scissors);
    await cut(tool, [[2, 2]]);
    click(tool.hand, 30, 2);

    tool.hand.cancel();
    await answered(tool);

    expect(kinds(tool)).toEqual([]);
  });

  test("Alt at the end cuts out of the selected object", async () => {
    const whole = object("a", { size: [30, 40], counts: "0`U1" });
    const tool = await inHand(scissors, [whole]);
    tool.store.update({ selection: ["a"] });

    await cut(tool, [
      [12, 9],
      [28, 9],
      [28, 21],
      [12, 21],
    ]);
    tool.hand.key(key("Enter", { alt: true }));
    await answered(tool);

    expect(objectsOf(tool)).toHaveLength(1);
    expect(contains(objectsOf(tool)[0].rle, 20, 15)).toBe(false);
    expect(contains(objectsOf(tool)[0].rle, 3, 3)).toBe(true);
  });

  test("a single point is no outline", async () => {
    const tool = await inHand(scissors);
    await cut(tool, [[12, 9]]);

    tool.hand.key(key("Enter"));
    await answered(tool);

    expect(tool.notes[0][1]).toContain("at least two points");
  });
});

test("a stroke over a picture that cannot be read is told why", async () => {
  const tool = takeInHand(superpixelTool, [], { read: () => Promise.reject(new Error("Gone.")) });
  await answered(tool);

  stroke(tool.hand, [5, 5], [9, 9]);
  await answered(tool);

  expect(tool.notes).toEqual([
    ["error", "Gone."],
    ["error", "Gone."],
  ]);
});
