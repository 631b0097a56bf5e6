import { describe, expect, test } from "vitest";
import { area, bbox, fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { stretched } from "../../../frontend/src/geometry/stretch.js";

const rows = (...lines) =>
  fromBitmap(Uint8Array.from(lines.join(""), Number), [lines.length, lines[0].length]);
const linesOf = (rle) => {
  const [height, width] = rle.size;
  const bits = Array.from(toBitmap(rle)).join("");
  return Array.from({ length: height }, (_, row) => bits.slice(row * width, (row + 1) * width));
};

const RING = rows("00000000", "01110000", "01010000", "01110000", "00000000", "00000000");

describe("a mask pulled", () => {
  test("into its own box stays as it is", () => {
    expect(stretched(RING, [1, 1, 4, 4])).toEqual(RING);
  });

  test("to twice its width has each column twice", () => {
    expect(linesOf(stretched(RING, [1, 1, 7, 4]))).toEqual([
      "00000000",
      "01111110",
      "01100110",
      "01111110",
      "00000000",
      "00000000",
    ]);
  });

  test("to another place and height moves along, holes and all", () => {
    expect(linesOf(stretched(RING, [5, 0, 8, 6]))).toEqual([
      "00000111",
      "00000111",
      "00000101",
      "00000101",
      "00000111",
      "00000111",
    ]);
  });

  test.each([[[0, 0, 8, 6]], [[2, 1, 3, 2]], [[0, 5, 8, 6]], [[7, 0, 8, 6]]])(
    "solid into %j fills it",
    (box) => {
      const block = rows("00000000", "01110000", "01110000", "01110000", "00000000", "00000000");
      const made = stretched(block, box);

      expect(bbox(made)).toEqual([box[0], box[1], box[2] - box[0], box[3] - box[1]]);
      expect(area(made)).toBe((box[2] - box[0]) * (box[3] - box[1]));
    },
  );

  test("that is empty stays empty", () => {
    const empty = rows("000", "000");

    expect(area(stretched(empty, [0, 0, 3, 2]))).toBe(0);
  });
});
