import { expect, test } from "vitest";
import { measure } from "../../../frontend/src/tools/measure.js";
import { click, columns, object, sample, takeInHand } from "./hand.js";

const shown = ({ store }) => store.state.session.overlay;
const said = ({ store }) => store.state.session.status;

function drag({ hand }, from, to, parts = {}) {
  hand.down(sample(...from, parts));
  hand.drag([sample(...to, parts)]);
  hand.up(sample(...to, parts));
}

test("a drag leaves a line with its length, angle and both ways; nothing is stored", () => {
  const tool = takeInHand(measure, [object("a", columns(0, 3))]);
  const before = tool.store.state.document;

  drag(tool, [4, 20], [16, 4]);

  expect(shown(tool)).toEqual([
    { kind: "span", from: { x: 4, y: 20 }, to: { x: 16, y: 4 }, words: "20 px" },
  ]);
  expect(said(tool)).toBe("20 px, 53.1°, 12 across, -16 down");
  expect(tool.store.state.document).toBe(before);
  expect(tool.store.state.canUndo).toBe(false);
});

test.each([
  ["level", [30, 11], { x: 30, y: 10 }, "20 px, 0°, 20 across, 0 down"],
  ["upright", [11, 25], { x: 10, y: 25 }, "15 px, -90°, 0 across, 15 down"],
  ["diagonal", [20, 18], { x: 19, y: 19 }, "12.7 px, -45°, 9 across, 9 down"],
])("Shift snaps: %s", (_name, to, end, words) => {
  const tool = takeInHand(measure);

  drag(tool, [10, 10], to, { shift: true });

  expect(shown(tool)[0].to.x).toBeCloseTo(end.x);
  expect(shown(tool)[0].to.y).toBeCloseTo(end.y);
  expect(said(tool)).toBe(words);
});

test("two clicks measure too, the line follows the pointer between them", () => {
  const tool = takeInHand(measure);

  click(tool.hand, 5, 5);
  tool.hand.hover(sample(5, 25));
  expect(said(tool)).toBe("20 px, -90°, 0 across, 20 down");
  click(tool.hand, 35, 5);
  tool.hand.hover(sample(2, 2));

  expect(said(tool)).toBe("30 px, 0°, 30 across, 0 down");
});

test("an end is dragged again; elsewhere a press begins anew", () => {
  const tool = takeInHand(measure);
  drag(tool, [2, 4], [30, 4]);

  drag(tool, [1, 5], [10, 4]);
  expect(shown(tool)[0]).toMatchObject({ from: { x: 10, y: 4 }, to: { x: 30, y: 4 } });

  drag(tool, [20, 20], [20, 28]);
  expect(shown(tool)).toHaveLength(1);
  expect(shown(tool)[0]).toMatchObject({ from: { x: 20, y: 20 }, words: "8 px" });
});

test("ends stay on the picture; the right button measures nothing", () => {
  const tool = takeInHand(measure);

  drag(tool, [10, 10], [30, 20], { primary: false });
  expect(shown(tool)).toEqual([]);
  drag(tool, [-9, 10], [99, 10]);

  expect(shown(tool)[0]).toMatchObject({ from: { x: 0, y: 10 }, to: { x: 40, y: 10 } });
});

test("Esc takes the line away, and another tool too", () => {
  const tool = takeInHand(measure);
  drag(tool, [4, 4], [9, 9]);

  expect(tool.hand.cancel()).toBe(true);
  expect(shown(tool)).toEqual([]);
  expect(said(tool)).toBe("Drag from point to point");
  expect(tool.hand.cancel()).toBe(false);

  drag(tool, [4, 4], [9, 9]);
  tool.hand.disable();
  expect(shown(tool)).toEqual([]);
  expect(said(tool)).toBe("");
});
