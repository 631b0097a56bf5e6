// How a mask becomes a thumbnail's pixels.
import { expect, test } from "vitest";
import { coverage, frameOf } from "../../../frontend/src/geometry/coverage.js";
import { area, fromPatch } from "../../../frontend/src/geometry/rle.js";

/** @param {readonly [x: number, y: number, width: number, height: number]} box */
function filled([x, y, width, height]) {
  const bits = new Uint8Array(width * height).fill(1);
  return fromPatch({ x, y, width, height, bits }, [300, 400]);
}

const sum = (/** @type {Float32Array} */ shares) => shares.reduce((all, share) => all + share, 0);

test.each([
  ["smaller than its object", [50, 60, 120, 80]],
  ["larger than its object", [50, 60, 7, 3]],
  ["of a single pixel", [399, 299, 1, 1]],
  ["of the whole image", [0, 0, 400, 300]],
])("a thumbnail %s shows all of it", (_words, box) => {
  const rle = filled(box);
  const [, , extent] = frameOf(rle);

  const shares = coverage(rle, 36);

  expect(sum(shares)).toBeCloseTo(area(rle) * (36 / extent) ** 2, 2);
  expect(Math.max(...shares)).toBeLessThanOrEqual(1.0001);
});

test("what is inside and outside falls where it lies", () => {
  const rle = filled([100, 100, 40, 40]); // shown with a tenth around: 50 x 50

  const shares = coverage(rle, 50);
  const at = (/** @type {number} */ row, /** @type {number} */ column) => shares[row * 50 + column];

  expect([at(4, 25), at(5, 25), at(44, 25), at(45, 25)]).toEqual([0, 1, 1, 0]);
  expect([at(25, 4), at(25, 5), at(25, 44), at(25, 45)]).toEqual([0, 1, 1, 0]);
});

test("half a pixel is half seen", () => {
  const shares = coverage(filled([100, 100, 20, 20]), 25 / 2 + 0.5);

  expect(Math.min(...shares.filter((share) => share > 0))).toBeLessThan(0.6);
});

test("an empty mask covers nothing", () => {
  expect(sum(coverage({ size: [10, 10], counts: "T3" }, 36))).toBe(0);
});
