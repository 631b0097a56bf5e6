import { describe, expect, test } from "vitest";
import { area, fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";
import {
  intersect,
  intersectionArea,
  iou,
  shift,
  subtract,
  union,
} from "../../../frontend/src/geometry/sets.js";

const SIZE = /** @type {const} */ ([3, 4]);
const mask = (bits) => fromBitmap(Uint8Array.from(bits, Number), SIZE);
const bitsOf = (rle) => Array.from(toBitmap(rle)).join("");

const EMPTY = "000000000000";
const WHOLE = "111111111111";
const RING = "011101010111";
const DOT = "000000100000";
const LEFT = "110011001100";

const pairs = [EMPTY, WHOLE, RING, DOT, LEFT].flatMap((a, _at, all) => all.map((b) => [a, b]));

describe.each(pairs)("%s with %s", (a, b) => {
  const pixelwise = (rule) =>
    Array.from(a, (bit, at) => Number(rule(bit === "1", b[at] === "1"))).join("");

  test("equals the operation pixel by pixel", () => {
    expect(bitsOf(union(mask(a), mask(b)))).toBe(pixelwise((p, q) => p || q));
    expect(bitsOf(intersect(mask(a), mask(b)))).toBe(pixelwise((p, q) => p && q));
    expect(bitsOf(subtract(mask(a), mask(b)))).toBe(pixelwise((p, q) => p && !q));
  });

  test("writes the canonical code", () => {
    const joined = union(mask(a), mask(b));

    expect(joined.counts).toBe(mask(bitsOf(joined)).counts);
  });

  test("counts what both have", () => {
    expect(intersectionArea(mask(a), mask(b))).toBe(area(intersect(mask(a), mask(b))));
  });
});

test("overlap is measured as intersection over union", () => {
  expect(iou(mask(LEFT), mask(LEFT))).toBe(1);
  expect(iou(mask(LEFT), mask(WHOLE))).toBe(0.5);
  expect(iou(mask(EMPTY), mask(EMPTY))).toBe(0);
});

test("masks of different images are not combined", () => {
  const other = fromBitmap(new Uint8Array(12), [4, 3]);

  expect(() => union(mask(LEFT), other)).toThrow("mask is 4x3, expected 3x4");
});

test.each([
  [0, 0, LEFT],
  [1, 0, "011001100110"],
  [2, 1, "000000110011"],
  [-1, 0, "100010001000"],
  [0, -1, "110011000000"],
  [0, 2, "000000001100"],
  [9, 0, EMPTY],
])("a move by (%i, %i) cuts off what leaves the image", (dx, dy, moved) => {
  expect(bitsOf(shift(mask(LEFT), dx, dy))).toBe(moved);
  expect(shift(mask(LEFT), dx, dy).counts).toBe(mask(moved).counts);
});
