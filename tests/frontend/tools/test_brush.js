import { describe, expect, test } from "vitest";
import { area, bbox, contains } from "../../../frontend/src/geometry/rle.js";
import { brush, eraser } from "../../../frontend/src/tools/brush.js";
import { brushSizeKey, scaledBrush } from "../../../frontend/src/tools/brushSize.js";
import { click, columns, key, object, sample, stroke, takeInHand } from "./hand.js";

const onlyObject = ({ store }) => [...store.state.document.objects.values()][0];

function selected(tool, parts = {}, rle = columns(10, 30)) {
  const taken = takeInHand(tool, [object("a", rle, parts)]);
  taken.store.update({ selection: ["a"], brushSize: 6 });
  return taken;
}

describe("painting", () => {
  test("without a selection makes a new object, selects it and goes on in it", () => {
    const tool = takeInHand(brush);
    tool.store.update({ label: 3, brushSize: 6 });

    stroke(tool.hand, [5, 5], [20, 5]);
    const first = onlyObject(tool);
    stroke(tool.hand, [5, 20], [20, 20]);

    expect(first).toMatchObject({ label: 3, state: "confirmed", source: "manual" });
    expect(tool.store.state.document.objects.size).toBe(1);
    expect(area(onlyObject(tool).rle)).toBe(2 * area(first.rle));
    expect(tool.store.state.undoWords).toBe("Brush stroke");
  });

  test("is square where that is wanted, corners and all", () => {
    const tool = takeInHand(brush);
    tool.store.update({ label: 3, brushSize: 8, brushShape: "square" });

    click(tool.hand, 20, 15);

    expect(bbox(onlyObject(tool).rle)).toEqual([16, 11, 8, 8]);
    expect(area(onlyObject(tool).rle)).toBe(64);
  });

  test("adds to the selected object", () => {
    const tool = selected(brush);

    stroke(tool.hand, [3, 15], [12, 15]);

    expect(contains(onlyObject(tool).rle, 3, 15)).toBe(true);
    expect(contains(onlyObject(tool).rle, 30, 0)).toBe(true);
  });

  test("nothing is changed before the pointer lifts, nor after it was lost", () => {
    const tool = selected(brush);
    const before = tool.store.state.document;
    tool.hand.down(sample(3, 15));
    tool.hand.drag([sample(8, 15)]);
    expect(tool.store.state.session.overlay[0]).toMatchObject({
      kind: "stroke",
      target: "a",
      erases: false,
    });

    tool.hand.abort();

    expect(tool.store.state.document).toBe(before);
    expect(tool.store.state.session.overlay.map(({ kind }) => kind)).toEqual(["brush"]);
  });

  test.each([
    ["hidden", { hidden: new Set(["a"]) }],
    ["locked", { locked: new Set(["a"]) }],
  ])("a %s object is not painted into", (_name, session) => {
    const tool = selected(brush);
    tool.store.update(session);
    const { rle } = onlyObject(tool);

    stroke(tool.hand, [3, 15], [12, 15]);

    expect(tool.store.state.document.objects.get("a").rle).toBe(rle);
    expect(tool.store.state.document.objects.size).toBe(2);
  });

  test("Shift and a click draw straight from where the last stroke ended", () => {
    const tool = takeInHand(brush);
    tool.store.update({ brushSize: 2 });

    click(tool.hand, 5, 5);
    click(tool.hand, 35, 25, { shift: true });

    expect(contains(onlyObject(tool).rle, 20, 15)).toBe(true);
  });

  test("outside of the image makes no object", () => {
    const tool = takeInHand(brush);

    stroke(tool.hand, [-80, -80], [-70, -80]);

    expect(tool.store.state.document.objects.size).toBe(0);
  });
});

describe("erasing", () => {
  test.each([
    ["the eraser", eraser, {}, {}],
    ["the brush with Alt", brush, { alt: true }, {}],
    ["the brush with the right button", brush, { primary: false }, {}],
    ["the swapped brush", brush, {}, { swapped: true }],
    ["a pen's other end", brush, { eraser: true }, {}],
    ["a pen's other end, swapped", brush, { eraser: true }, { swapped: true }],
  ])("%s takes away", (_name, tool, parts, session) => {
    const taken = selected(tool);
    taken.store.update(session);

    stroke(taken.hand, [15, 15], [25, 15], parts);

    expect(contains(onlyObject(taken).rle, 20, 15)).toBe(false);
    expect(contains(onlyObject(taken).rle, 20, 5)).toBe(true);
  });

  test.each([
    ["with Alt", { alt: true }, {}],
    ["swapped", {}, { swapped: true }],
  ])("the eraser %s adds", (_name, parts, session) => {
    const taken = selected(eraser);
    taken.store.update(session);

    stroke(taken.hand, [3, 15], [12, 15], parts);

    expect(contains(onlyObject(taken).rle, 4, 15)).toBe(true);
  });

  test("without a selection takes the object under the pointer", () => {
    const tool = takeInHand(eraser, [object("a", columns(10, 30))]);
    tool.store.update({ brushSize: 6 });

    click(tool.hand, 20, 15);

    expect(contains(onlyObject(tool).rle, 20, 15)).toBe(false);
    expect(tool.store.state.session.selection).toEqual(["a"]);
  });

  test("where nothing is says so", () => {
    const tool = takeInHand(eraser);

    stroke(tool.hand, [5, 5], [9, 9]);

    expect(tool.notes).toEqual([["info", "There is no object here to erase from."]]);
  });

  test("the last pixel deletes the object", () => {
    const tool = selected(eraser, {}, columns(12, 12));
    tool.store.update({ brushSize: 80 });

    click(tool.hand, 12, 15);

    expect(tool.store.state.document.objects.size).toBe(0);
  });
});

describe("keys", () => {
  test("brackets change the size, other keys are not the brush's", () => {
    const { hand, store } = takeInHand(brush);

    expect(hand.key(key("]", { code: "BracketRight" }))).toBe(true);
    expect(store.state.session.brushSize).toBe(26);
    expect(hand.key(key("v"))).toBe(false);
    expect(hand.key(key("x"))).toBe(false); // the key map's, which may have given it to another
  });

  test("what is swapped shows at once under the pointer at rest", () => {
    const { hand, store } = takeInHand(brush);
    hand.hover(sample(10, 10));

    store.update({ swapped: true });

    expect(store.state.session.overlay.at(-1)).toMatchObject({ kind: "brush", erases: true });
    hand.disable();
    store.update({ overlay: [], swapped: false });
    expect(store.state.session.overlay).toEqual([]);
  });

  test("Alt and the wheel change the size up to twice the image's", () => {
    const { hand, store } = takeInHand(brush);

    hand.altWheel(-1);
    expect(store.state.session.brushSize).toBe(22);
    for (let turn = 0; turn < 40; turn += 1) hand.altWheel(3);

    expect(store.state.session.brushSize).toBe(80);
  });

  test.each([
    [1, 1, undefined, 2],
    [1, -1, undefined, 1],
    [5, 1, undefined, 6],
    [100, 1, undefined, 110],
    [100, -1, undefined, 91],
    [100, 1, 1.5, 150],
    [100, -1, 1.5, 67],
    [40, 0, undefined, 40],
  ])("a brush of %i px by %i steps of %s is %i px", (size, steps, factor, expected) => {
    expect(scaledBrush(size, steps, factor)).toBe(expected);
  });

  test("brackets are known by their place on the keyboard", () => {
    expect(brushSizeKey(key("ü", { code: "BracketLeft" }), 100)).toBe(91);
    expect(brushSizeKey(key("ü", { code: "BracketLeft", shift: true }), 100)).toBe(67);
    expect(brushSizeKey(key("["), 100)).toBe(null);
  });
});

describe("a pen's pressure", () => {
  const width = (parts, options) => {
    const tool = takeInHand(brush);
    tool.store.update({ brushSize: 10, options });
    stroke(tool.hand, [10, 15], [30, 15], { device: "pen", ...parts });
    return area(onlyObject(tool).rle);
  };

  test("counts for nothing until it is switched on", () => {
    expect(width({ pressure: 0.1 }, {})).toBe(width({ pressure: 1 }, {}));
  });

  test("paints thinner the more lightly it is held, a mouse as ever", () => {
    const on = { pressure: true };

    expect(width({ pressure: 0.1 }, on)).toBeLessThan(width({ pressure: 0.6 }, on));
    expect(width({ pressure: 1 }, on)).toBe(width({ pressure: 1 }, {}));
    expect(width({ pressure: 0.1, device: "mouse" }, on)).toBe(width({ pressure: 1 }, {}));
  });

  test("that rises widens the stroke without a gap or a step of more than a pixel", () => {
    const tool = takeInHand(brush);
    tool.store.update({ brushSize: 12, options: { pressure: true } });
    tool.hand.down(sample(6, 15, { device: "pen", pressure: 0 }));
    tool.hand.drag([sample(30, 15, { device: "pen", pressure: 1 })]);
    tool.hand.up(sample(30, 15, { device: "pen", pressure: 1 }));

    const heights = [];
    for (let x = 6; x <= 29; x += 1) {
      let height = 0;
      for (let y = 0; y < 30; y += 1) height += Number(contains(onlyObject(tool).rle, x, y));
      heights.push(height);
    }
    heights.forEach((height, i) => {
      if (i === 0) return;
      expect(height).toBeGreaterThanOrEqual(heights[i - 1]);
      expect(height - heights[i - 1]).toBeLessThanOrEqual(2); // a pixel on each side
    });
    expect(heights.at(-1)).toBeGreaterThan(heights[0] + 6);
  });
});
