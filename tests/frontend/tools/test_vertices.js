import { expect, test } from "vitest";
import { area, contains, fromPatch } from "../../../frontend/src/geometry/rle.js";
import { subtract } from "../../../frontend/src/geometry/sets.js";
import { polygon } from "../../../frontend/src/tools/polygon.js";
import { click, columns, key, object, SIZE, sample, stroke, takeInHand } from "./hand.js";

function box(x, y, width, height) {
  return fromPatch({ x, y, width, height, bits: new Uint8Array(width * height).fill(1) }, SIZE);
}

function editing(rle = box(10, 5, 20, 20), others = []) {
  const tool = takeInHand(polygon, [object("a", rle), ...others]);
  tool.store.update({ selection: ["a"] });
  return { ...tool, mask: () => tool.store.state.document.objects.get("a")?.rle };
}

const shapesOf = ({ store }) => store.state.session.overlay;

test("the selected object shows its vertices, and none after it is let go", () => {
  const tool = editing();

  expect(shapesOf(tool)[0]).toMatchObject({ kind: "knots" });
  expect(shapesOf(tool)[0].points).toHaveLength(4);
  tool.store.update({ selection: [] });

  expect(shapesOf(tool)).toEqual([]);
});

test("a vertex that is dragged takes the two sides along, in one undo step", () => {
  const tool = editing();

  stroke(tool.hand, [30, 25], [36, 28]);

  expect(contains(tool.mask(), 33, 26)).toBe(true);
  expect(contains(tool.mask(), 29, 6)).toBe(true);
  expect(tool.store.state.undoWords).toBe("Move vertex");
  tool.store.undo();
  expect(area(tool.mask())).toBe(400);
});

test("the outline that is dragged gets a vertex there", () => {
  const tool = editing();

  stroke(tool.hand, [20, 5], [20, 0]);

  expect(contains(tool.mask(), 20, 2)).toBe(true);
  expect(contains(tool.mask(), 11, 2)).toBe(false);
  expect(shapesOf(tool).at(-1).points).toHaveLength(5);
});

test.each(["Delete", "Backspace"])("%s takes the vertex under the pointer away", (name) => {
  const tool = editing();
  tool.hand.hover(sample(10, 5));

  expect(tool.hand.key(key(name))).toBe(true);

  expect(area(tool.mask())).toBeGreaterThan(180);
  expect(area(tool.mask())).toBeLessThan(220);
  expect(tool.store.state.undoWords).toBe("Delete vertex");
});

test("Delete away from any vertex is the page's", () => {
  const tool = editing();
  tool.hand.hover(sample(20, 15));

  expect(tool.hand.key(key("Delete"))).toBe(false);
});

test("a hole has vertices too, and goes with its third last one", () => {
  const tool = editing(subtract(box(0, 0, 40, 30), box(15, 10, 10, 10)));
  const corners = [
    [15, 10],
    [25, 10],
  ];

  for (const [x, y] of corners) {
    tool.hand.hover(sample(x, y));
    tool.hand.key(key("Delete"));
  }

  expect(area(tool.mask())).toBe(40 * 30);
});

test("a click on a vertex begins a polygon there", () => {
  const tool = editing();

  click(tool.hand, 30, 25);
  click(tool.hand, 38, 10);
  click(tool.hand, 20, 12);
  tool.hand.key(key("Enter"));

  expect(tool.store.state.document.objects.size).toBe(2);
  expect(area(tool.mask())).toBe(400);
});

test("a lost pointer leaves the object as it was", () => {
  const tool = editing();
  const before = tool.mask();
  tool.hand.down(sample(30, 25));
  tool.hand.drag([sample(36, 28)]);

  tool.hand.abort();
  tool.hand.up(sample(36, 28));

  expect(tool.mask()).toBe(before);
});

test("what a vertex adds ends where a locked object begins", () => {
  const tool = editing(box(10, 5, 20, 20), [object("b", columns(32, 39))]);
  tool.store.update({ locked: new Set(["b"]) });

  stroke(tool.hand, [30, 25], [38, 28]);

  expect(contains(tool.mask(), 31, 25)).toBe(true);
  expect(contains(tool.mask(), 33, 26)).toBe(false);
});

test("a locked object shows no vertices", () => {
  const tool = editing();

  tool.store.update({ locked: new Set(["a"]) });
  tool.hand.hover(sample(20, 15));

  expect(shapesOf(tool)).toEqual([]);
});
