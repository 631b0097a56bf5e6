import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  area,
  bbox,
  contains,
  fromBitmap,
  fromPatch,
  fromRuns,
  InvalidMask,
  parse,
  runs,
  toBitmap,
  toPatch,
} from "../../../frontend/src/geometry/rle.js";

const { cases } = JSON.parse(
  readFileSync(new URL("../../data/rle_cases.json", import.meta.url), "utf-8"),
);

function bitmapOf({ rows }) {
  return Uint8Array.from(rows.join(""), (letter) => (letter === "#" ? 1 : 0));
}

describe.each(cases.map((each) => [each.name, each]))(
  "%s, as pycocotools has it",
  (_name, each) => {
    const rle = parse({ size: each.size, counts: each.counts });

    test("is written in the same characters", () => {
      expect(rle.counts).toBe(each.counts);
      expect(fromRuns(each.runs, each.size).counts).toBe(each.counts);
    });

    test("has the same runs, area and box", () => {
      expect(runs(rle)).toEqual(each.runs);
      expect(area(rle)).toBe(each.area);
      expect(bbox(rle)).toEqual(each.bbox_xywh);
    });

    if (each.rows)
      test("becomes the bitmap and comes back from it", () => {
        expect(toBitmap(rle)).toEqual(bitmapOf(each));
        expect(fromBitmap(bitmapOf(each), each.size).counts).toBe(each.counts);
      });

    if (each.rows)
      test("contains exactly its pixels", () => {
        const [height, width] = each.size;
        const found = new Uint8Array(width * height).map((_zero, index) =>
          Number(contains(rle, index % width, Math.floor(index / width))),
        );
        expect(found).toEqual(bitmapOf(each));
      });

    test("survives being cut to its box", () => {
      expect(fromPatch(toPatch(rle), each.size).counts).toBe(each.counts);
    });
  },
);

test("the cases hold holes, borders and single pixels", () => {
  expect(cases.length).toBeGreaterThan(5);
});

test("runs that are empty inside are merged", () => {
  expect(runs(fromRuns([2, 0, 3, 1], [2, 3]))).toEqual([5, 1]);
  expect(runs(fromRuns([2, 3, 0, 1], [2, 3]))).toEqual([2, 4]);
  expect(runs(fromRuns([0, 0, 0, 6], [2, 3]))).toEqual([0, 6]);
  expect(runs(fromRuns([6, 0, 0], [2, 3]))).toEqual([6]);
});

test.each([
  ["counts of another image", { size: [2, 3], counts: [5] }, "runs cover 5 pixels, image has 6"],
  ["too many pixels", { size: [2, 3], counts: [7] }, "runs cover 7 pixels, image has 6"],
  ["a negative run", { size: [2, 3], counts: [7, -1] }, "run length is -1"],
  ["a fraction", { size: [2, 3], counts: [5.5, 0.5] }, "run length is 5.5"],
  ["no run at all", { size: [2, 3], counts: "" }, "runs cover 0 pixels, image has 6"],
  ["a number broken off", { size: [2, 3], counts: "P" }, "counts break off"],
  ["a foreign character", { size: [2, 3], counts: "6 " }, "counts break off"],
  ["an endless number", { size: [2, 3], counts: "PPPPPPPPP0" }, "counts break off"],
  ["a side of nothing", { size: [0, 3], counts: "0" }, "mask size is 0x3"],
  ["one side only", { size: [6], counts: "6" }, "mask size is 6xundefined"],
])("%s is refused in words", (_name, segmentation, words) => {
  expect(() => parse(segmentation)).toThrow(InvalidMask);
  expect(() => parse(segmentation)).toThrow(words);
});

test("a mask of another size than the image is refused", () => {
  expect(() => parse({ size: [2, 3], counts: [6] }, [3, 2])).toThrow("mask is 2x3, image is 3x2");
});

test.each([
  [-1, 0],
  [0, -1],
  [3, 0],
  [0, 2],
])("nothing outside of the image is inside of a mask (%i, %i)", (x, y) => {
  expect(contains(fromRuns([0, 6], [2, 3]), x, y)).toBe(false);
});

test("a piece of a mask is what lies in the box", () => {
  const rle = fromBitmap(Uint8Array.from("0110111101100000", Number), [4, 4]);

  const piece = toPatch(rle, [1, 1, 2, 3]);

  expect(Array.from(piece.bits).join("")).toBe("111100");
});

test("large random masks come back unchanged", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  const bitmap = new Uint8Array(211 * 307).map(() => Number(random() < 0.4));

  const rle = fromBitmap(bitmap, [211, 307]);

  expect(toBitmap(parse({ size: rle.size, counts: rle.counts }))).toEqual(bitmap);
});
