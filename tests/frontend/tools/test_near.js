// Corners close together: whether a press is the next corner or a word about one that is there.
import { describe, expect, test } from "vitest";
import { area } from "../../../frontend/src/geometry/rle.js";
import { box } from "../../../frontend/src/tools/box.js";
import { knife } from "../../../frontend/src/tools/knife.js";
import { closesAt, isAgain } from "../../../frontend/src/tools/near.js";
import { polygon } from "../../../frontend/src/tools/polygon.js";
import { click, columns, key, object, sample, takeInHand } from "./hand.js";

const VIEW = { x: 0, y: 0, scale: 2 };
const objectsOf = ({ store }) => [...store.state.document.objects.values()];

test.each([
  ["mouse", 1, 3],
  ["pen", 2, 4],
  ["touch", 6, 8],
])(
  "a second click of a %s is where the first one was, and never the corner beside it",
  (device, same, other) => {
    const at = (x) => ({ image: { x: 10 + x, y: 10 }, device });

    expect(isAgain(VIEW, { x: 10, y: 10 }, at(same))).toBe(true);
    expect(isAgain(VIEW, { x: 10, y: 10 }, at(other))).toBe(false);
    expect(isAgain(VIEW, undefined, at(0))).toBe(false);
    expect(closesAt(VIEW, { x: 10, y: 10 }, at(same))).toBe(true);
    expect(closesAt(VIEW, undefined, at(0))).toBe(false);
  },
);

describe("a round outline of many corners", () => {
  const round = (count, radius) =>
    Array.from({ length: count }, (_, at) => {
      const angle = (2 * Math.PI * at) / count;
      return [20 + radius * Math.cos(angle), 15 + radius * Math.sin(angle)];
    });

  test("is one polygon with each of them", () => {
    const tool = takeInHand(polygon);
    for (const [x, y] of round(9, 11)) click(tool.hand, x, y); // 7.5 px apart

    expect(tool.store.state.session.status).toBe("9 corners");
    tool.hand.key(key("Enter"));

    expect(objectsOf(tool)).toHaveLength(1);
    expect(Math.abs(area(objectsOf(tool)[0].rle) - 9 * 0.5 * 121 * Math.sin(0.698))).toBeLessThan(
      12,
    );
  });

  test("cuts where it was drawn and not earlier", () => {
    const tool = takeInHand(knife, [object("a", columns(0, 39))]);
    tool.store.update({ selection: ["a"] });
    for (const [x, y] of [
      [10, -1],
      [10, 6],
      [12, 12],
      [10, 31],
    ])
      click(tool.hand, x, y);
    expect(objectsOf(tool)).toHaveLength(1);

    tool.hand.key(key("Enter"));

    expect(objectsOf(tool)).toHaveLength(2);
  });
});

test("a double click beyond the border closes too", () => {
  const tool = takeInHand(polygon);
  for (const [x, y] of [
    [2, 2],
    [22, 2],
    [22, 40],
  ])
    click(tool.hand, x, y);

  click(tool.hand, 22, 41);

  expect(objectsOf(tool)).toHaveLength(1);
});

test("the first of two fingers leaves no corner", () => {
  const tool = takeInHand(polygon);
  click(tool.hand, 5, 5);
  tool.hand.down(sample(25, 25, { device: "touch" }));
  tool.hand.abort();

  expect(tool.store.state.session.status).toBe("1 corner");
  tool.hand.abort();
  expect(tool.store.state.session.status).toBe("1 corner");
});

test("a box whose drag another button has joined is made all the same", () => {
  const tool = takeInHand(box);
  tool.hand.down(sample(2, 2));
  tool.hand.up(sample(12, 12, { primary: false }));

  expect(objectsOf(tool).map(({ rle }) => area(rle))).toEqual([100]);
});
