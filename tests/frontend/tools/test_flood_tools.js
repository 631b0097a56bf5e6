import { describe, expect, test } from "vitest";
import { area, contains } from "../../../frontend/src/geometry/rle.js";
import { union } from "../../../frontend/src/geometry/sets.js";
import { fill } from "../../../frontend/src/tools/fill.js";
import { wand } from "../../../frontend/src/tools/wand.js";
import { answered, click, columns, key, object, painted, sample, takeInHand } from "./hand.js";

/** A picture of vertical bands: dark, a shade lighter, bright. */
const ROWS = Array(30).fill(`${"a".repeat(10)}${"b".repeat(10)}${"c".repeat(20)}`);
const read = painted(ROWS, { a: [20, 20, 20], b: [50, 50, 50], c: [200, 200, 200] });

const objectsOf = ({ store }) => [...store.state.document.objects.values()];
const inHand = (tool, objects = []) => takeInHand(tool, objects, { read });

describe("the wand", () => {
  test("outlines what is coloured alike, in one undo step", async () => {
    const tool = inHand(wand);
    tool.store.update({ label: 7 });

    click(tool.hand, 5, 5);
    await answered(tool);

    expect(objectsOf(tool)).toHaveLength(1);
    expect(objectsOf(tool)[0]).toMatchObject({ label: 7 });
    expect(area(objectsOf(tool)[0].rle)).toBe(10 * 30);
    expect(tool.store.state.session).toMatchObject({ overlay: [], busy: false });
    tool.store.undo();
    expect(objectsOf(tool)).toEqual([]);
  });

  test.each([
    [
      "]",
      24,
      [
        ["]", "BracketRight", true],
        ["]", "BracketRight", true],
      ],
      20 * 30,
    ],
    [
      "[",
      40,
      [
        ["[", "BracketLeft", true],
        ["[", "BracketLeft", true],
        ["[", "BracketLeft", true],
      ],
      10 * 30,
    ],
  ])("%s changes the tolerance", async (_name, start, presses, pixels) => {
    const tool = inHand(wand);
    tool.store.update({ options: { wandTolerance: start } });
    for (const [name, code, shift] of presses) tool.hand.key(key(name, { code, shift }));

    click(tool.hand, 5, 5);
    await answered(tool);

    expect(area(objectsOf(tool)[0].rle)).toBe(pixels);
  });

  test("the wheel with Alt widens and narrows the tolerance", () => {
    const tool = inHand(wand);

    expect(tool.hand.altWheel(3)).toBe(true);
    expect(tool.store.state.session.options).toMatchObject({ wandTolerance: 30 });
    tool.hand.altWheel(-5);
    expect(tool.store.state.session.options).toMatchObject({ wandTolerance: 20 });
  });

  test("a drag to the right widens what is shown before it is taken", async () => {
    const tool = inHand(wand);
    tool.hand.down(sample(5, 5));
    await answered(tool);
    expect(area(tool.store.state.session.overlay[0].rle)).toBe(10 * 30);

    tool.hand.drag([sample(60, 5)]);
    await answered(tool);
    const shown = tool.store.state.session.overlay[0];
    tool.hand.up(sample(60, 5));

    expect(shown).toMatchObject({ kind: "preview", choices: 0 });
    expect(area(objectsOf(tool)[0].rle)).toBe(20 * 30);
  });

  test("not connected it finds the colour everywhere", async () => {
    const rows = Array(30).fill(`${"a".repeat(5)}${"c".repeat(10)}${"a".repeat(25)}`);
    const tool = takeInHand(wand, [], { read: painted(rows, { a: [9, 9, 9], c: [99, 0, 0] }) });
    tool.store.update({ options: { wandConnected: false } });

    click(tool.hand, 2, 2);
    await answered(tool);

    expect(area(objectsOf(tool)[0].rle)).toBe(30 * 30);
  });

  test.each([
    ["Shift adds", { shift: true }, 15],
    ["Alt cuts", { alt: true }, 0],
  ])("%s", async (_name, parts, width) => {
    const tool = inHand(wand, [object("a", columns(5, 14))]);
    tool.store.update({ selection: ["a"] });

    click(tool.hand, 5, 5, parts);
    await answered(tool);

    expect(objectsOf(tool)).toHaveLength(1);
    expect(area(objectsOf(tool)[0].rle)).toBe((width || 5) * 30);
  });

  test("Esc while it works leaves nothing, outside of the image nothing begins", async () => {
    const tool = inHand(wand);

    click(tool.hand, 5, 5);
    expect(tool.hand.cancel()).toBe(true);
    click(tool.hand, -3, 5);
    await answered(tool);

    expect(objectsOf(tool)).toEqual([]);
    expect(tool.store.state.session).toMatchObject({ overlay: [], busy: false });
  });

  test("a picture that cannot be read is said so", async () => {
    const tool = takeInHand(wand, [], {
      read: () => Promise.reject(new Error("The picture is gone.")),
    });

    click(tool.hand, 5, 5);
    await answered(tool);

    expect(tool.notes).toEqual([["error", "The picture is gone."]]);
    expect(objectsOf(tool)).toEqual([]);
  });
});

describe("fill", () => {
  test("pours into the selected object up to the next object", async () => {
    const tool = inHand(fill, [object("a", columns(0, 3)), object("b", columns(15, 19))]);
    tool.store.update({ selection: ["a"], options: { fillTolerance: 255 } });

    click(tool.hand, 8, 8);
    await answered(tool);

    expect(objectsOf(tool)).toHaveLength(2);
    expect(area(tool.store.state.document.objects.get("a").rle)).toBe(15 * 30);
  });

  test("is stopped by colour too, and makes a new object when none is selected", async () => {
    const tool = inHand(fill, [object("b", columns(35, 39))]);
    tool.store.update({ label: 1 });

    click(tool.hand, 5, 8);
    await answered(tool);

    expect(area(objectsOf(tool)[1].rle)).toBe(20 * 30);
  });

  test("says whose a pixel is that is not free", async () => {
    const tool = inHand(fill, [object("b", columns(0, 9))]);

    click(tool.hand, 5, 8);
    await answered(tool);

    expect(tool.notes[0][1]).toContain("belongs to");
    expect(objectsOf(tool)).toHaveLength(1);
  });

  test("with Alt stays inside of the object: a part beyond a gap keeps its pixels", async () => {
    const parted = union(columns(2, 4), columns(6, 8));
    const tool = inHand(fill, [object("a", parted)]);
    tool.store.update({ selection: ["a"] });

    click(tool.hand, 3, 5, { alt: true });
    await answered(tool);

    expect(objectsOf(tool)[0].rle).toEqual(columns(6, 8));
  });

  test("with Alt pours out of the selected object what is alike", async () => {
    const tool = inHand(fill, [object("a", columns(0, 29))]);
    tool.store.update({ selection: ["a"], options: { fillTolerance: 5 } });

    click(tool.hand, 15, 8, { alt: true });
    await answered(tool);

    const { rle } = objectsOf(tool)[0];
    expect([5, 15, 25].map((x) => contains(rle, x, 8))).toEqual([true, false, true]);
  });
});
