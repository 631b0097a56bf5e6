import { describe, expect, test } from "vitest";
import { outline } from "../../../frontend/src/geometry/contour.js";
import { fillRings, ringOf } from "../../../frontend/src/geometry/rings.js";
import { area, fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";

const SIZE = /** @type {const} */ ([6, 8]);

function bitmap(rows) {
  return Uint8Array.from(rows.join(""), (sign) => Number(sign === "#"));
}

const MASKS = [
  ["empty", Array(6).fill("........")],
  ["whole", Array(6).fill("########")],
  ["one pixel", ["........", "........", "...#....", "........", "........", "........"]],
  ["touching the border", ["##......", "#.......", "........", "........", ".......#", "......##"]],
  ["with a hole", ["........", ".#####..", ".#...#..", ".#...#..", ".#####..", "........"]],
  ["touching at corners", ["#.#.#.#.", ".#.#.#.#", "#.#.#.#.", ".#.#.#.#", "#.#.#.#.", ".#.#.#.#"]],
  ["an island in a hole", ["#######.", "#.....#.", "#.#.#.#.", "#.....#.", "#######.", "........"]],
];

test.each(MASKS)("the outline of %s comes back pixel for pixel", (_name, rows) => {
  const bits = bitmap(rows);

  const filled = fillRings(outline(fromBitmap(bits, SIZE)), SIZE);

  expect(toBitmap(filled)).toEqual(bits);
});

describe("a ring by hand", () => {
  test.each([
    ["between the middles of pixels", [1.5, 1.5, 4.5, 1.5, 4.5, 3.5, 1.5, 3.5], 3 * 2],
    ["beyond the image is cut", [-5, -5, 20, -5, 20, 20, -5, 20], 48],
    ["wholly outside", [20, 1, 25, 1, 25, 4], 0],
    ["without a width", [3, 0, 3, 6, 3, 2], 0],
    ["of a single point", [3, 3], 0],
  ])("%s", (_name, ring, pixels) => {
    expect(area(fillRings([ring], SIZE))).toBe(pixels);
  });

  test("run round twice is whole by winding, empty by parity", () => {
    const once = [
      { x: 1, y: 1 },
      { x: 5, y: 1 },
      { x: 5, y: 4 },
      { x: 1, y: 4 },
    ];
    const twice = ringOf([...once, ...once]);

    expect(area(fillRings([twice], SIZE, "nonzero"))).toBe(12);
    expect(area(fillRings([twice], SIZE, "evenodd"))).toBe(0);
  });

  test("neighbours share every pixel between them once", () => {
    const [left, right] = [
      [0, 0, 5, 0, 3, 6, 0, 6],
      [5, 0, 8, 0, 8, 6, 3, 6],
    ];

    expect(area(fillRings([left], SIZE)) + area(fillRings([right], SIZE))).toBe(48);
    expect(area(fillRings([left, right], SIZE))).toBe(48);
  });
});
