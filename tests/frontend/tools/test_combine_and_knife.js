import { describe, expect, test } from "vitest";
import { area, fromPatch } from "../../../frontend/src/geometry/rle.js";
import { combine } from "../../../frontend/src/tools/combine.js";
import { knife } from "../../../frontend/src/tools/knife.js";
import { click, columns, key, object, SIZE, sample, stroke, takeInHand } from "./hand.js";

const widths = ({ store }) =>
  Object.fromEntries(
    [...store.state.document.objects].map(([id, { rle }]) => [id, area(rle) / 30]),
  );

function two(session = {}) {
  const tool = takeInHand(combine, [
    object("a", columns(0, 19)),
    object("b", columns(10, 29), { label: 2, z: 1 }),
  ]);
  tool.store.update({ selection: ["a"], ...session });
  return tool;
}

describe("merging", () => {
  test.each([
    ["union takes the other in", {}, {}, { a: 30 }],
    ["Alt subtracts it", {}, { alt: true }, { a: 10, b: 20 }],
    ["subtract", { options: { combineOperation: "subtract" } }, {}, { a: 10, b: 20 }],
    [
      "Alt merges where subtract is set",
      { options: { combineOperation: "subtract" } },
      { alt: true },
      { a: 30 },
    ],
    ["intersect", { options: { combineOperation: "intersect" } }, {}, { a: 10, b: 20 }],
  ])("%s", (_name, session, parts, expected) => {
    const tool = two(session);

    click(tool.hand, 25, 5, parts);

    expect(widths(tool)).toEqual(expected);
    expect(tool.store.state.session.selection).toEqual(["a"]);
    expect(tool.store.state.document.objects.get("a").label).toBe(1);
    tool.store.undo();
    expect(widths(tool)).toEqual({ a: 20, b: 20 });
  });

  test("a click where both lie means the other, a click on itself nothing", () => {
    const tool = two();

    click(tool.hand, 5, 5);
    expect(widths(tool)).toEqual({ a: 20, b: 20 });
    tool.store.update({ selection: ["b"] });
    click(tool.hand, 15, 5);

    expect(widths(tool)).toEqual({ b: 30 });
  });

  test("with nothing selected the first click says what stays", () => {
    const tool = two({ selection: [] });

    click(tool.hand, 5, 5);

    expect(tool.store.state.session.selection).toEqual(["a"]);
    expect(tool.store.state.session.status).toBe("Click on another object");
  });

  test("Enter merges all that are selected into the last one", () => {
    const tool = two({ selection: ["b", "a"] });

    expect(tool.hand.key(key("Enter"))).toBe(true);

    expect(widths(tool)).toEqual({ a: 30 });
  });

  test.each([
    ["locked others stay", { locked: new Set(["b"]), selection: ["b", "a"] }],
    ["nothing goes into a locked one", { locked: new Set(["a"]), selection: ["b", "a"] }],
  ])("%s, and it is said", (_name, session) => {
    const tool = two(session);

    tool.hand.key(key("Enter"));

    expect(widths(tool)).toEqual({ a: 20, b: 20 });
    expect(tool.notes).toHaveLength(1);
  });

  test("what would leave nothing changes nothing, and is said", () => {
    const tool = two({ options: { combineOperation: "subtract" } });
    tool.store.update({ selection: ["b"] });
    tool.hand.key(key("Enter"));
    const apart = takeInHand(combine, [
      object("a", columns(0, 5)),
      object("b", columns(0, 9), { z: 1 }),
    ]);
    apart.store.update({ selection: ["a"] });

    click(apart.hand, 2, 2, { alt: true });

    expect(widths(apart)).toEqual({ a: 6, b: 10 });
    expect(apart.notes).toHaveLength(1);
  });
});

describe("the knife", () => {
  function block() {
    const tool = takeInHand(knife, [object("a", columns(0, 19), { attributes: { wet: true } })]);
    tool.store.update({ selection: ["a"] });
    return tool;
  }

  test("a line from edge to edge makes two objects of one, in one undo step", () => {
    const tool = block();

    stroke(tool.hand, [10.5, -2], [10.5, 33]);

    const objects = [...tool.store.state.document.objects.values()];
    expect(objects).toHaveLength(2);
    expect(objects.map(({ label, attributes }) => [label, attributes])).toEqual(
      Array(2).fill([1, { wet: true }]),
    );
    expect(objects.reduce((sum, { rle }) => sum + area(rle), 0)).toBe(600);
    expect(new Set(objects.map(({ z }) => z)).size).toBe(2);
    tool.store.undo();
    expect(widths(tool)).toEqual({ a: 20 });
  });

  test("clicks are corners, Backspace takes one back, Enter cuts", () => {
    const tool = block();
    for (const [x, y] of [
      [5, -1],
      [30, 20],
      [12, 15],
      [12, 31],
    ]) {
      click(tool.hand, x, y);
      if (x === 30) tool.hand.key(key("Backspace"));
    }

    expect(tool.hand.key(key("Enter"))).toBe(true);

    expect(tool.store.state.document.objects.size).toBe(2);
  });

  test("a corner that hangs on by a corner stays where nobody cut", () => {
    const patch = { x: 0, y: 0, width: 26, height: 26, bits: new Uint8Array(26 * 26) };
    for (let y = 0; y < 26; y += 1)
      for (let x = 0; x < 26; x += 1)
        if ((x < 20 && y < 20) || (x >= 20 && y >= 20)) patch.bits[y * 26 + x] = 1;
    const tool = takeInHand(knife, [object("a", fromPatch(patch, SIZE))]);
    tool.store.update({ selection: ["a"] });

    stroke(tool.hand, [4.5, 5], [4.5, 12]);
    expect(tool.store.state.document.objects.size).toBe(1);
    stroke(tool.hand, [4.5, -2], [4.5, 33]);

    const areas = [...tool.store.state.document.objects.values()].map(({ rle }) => area(rle));
    expect(areas).toHaveLength(2);
    expect(areas[0] + areas[1]).toBe(436);
    expect(Math.min(...areas)).toBeGreaterThan(75);
  });

  test("a square of four pixels can be halved", () => {
    const patch = { x: 8, y: 8, width: 4, height: 4, bits: new Uint8Array(16).fill(1) };
    const tool = takeInHand(knife, [object("a", fromPatch(patch, SIZE))]);
    tool.store.update({ selection: ["a"] });

    stroke(tool.hand, [9.5, 5], [9.5, 20]);

    expect(tool.store.state.document.objects.size).toBe(2);
  });

  test("a line that ends inside is explained and changes nothing", () => {
    const tool = block();

    stroke(tool.hand, [10, 5], [10, 20]);

    expect(widths(tool)).toEqual({ a: 20 });
    expect(tool.notes[0][1]).toContain("from edge to edge");
  });

  test("Esc forgets the corners, a second one is somebody else's", () => {
    const tool = block();
    click(tool.hand, 5, 5);
    tool.hand.hover(sample(9, 9));

    expect(tool.hand.cancel()).toBe(true);
    expect(tool.hand.cancel()).toBe(false);
    expect(tool.store.state.session.overlay.filter(({ points }) => points?.length > 1)).toEqual([]);
  });

  test("a locked object is not cut", () => {
    const tool = block();
    tool.store.update({ locked: new Set(["a"]) });

    stroke(tool.hand, [10.5, -2], [10.5, 33]);

    expect(tool.store.state.document.objects.size).toBe(1);
    expect(tool.notes).toHaveLength(1);
  });
});
