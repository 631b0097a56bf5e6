import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  frameOf,
  logitAt,
  maskAbove,
  stability,
  toModel,
} from "../../../frontend/src/geometry/lowRes.js";
import { contains, parse } from "../../../frontend/src/geometry/rle.js";
import { iou } from "../../../frontend/src/geometry/sets.js";

const cases = JSON.parse(
  readFileSync(new URL("../../data/low_res_cases.json", import.meta.url), "utf-8"),
);

function partsOf({ size, side, low }) {
  const logits = { low: Float32Array.from(low), side: Math.sqrt(low.length) };
  return { logits, frame: frameOf(size, side) };
}

describe.each(cases.map((each) => [each.name, each]))("%s", (_name, each) => {
  const { logits, frame } = partsOf(each);

  test("is the server's mask", () => {
    const mask = maskAbove(logits, frame);
    const expected = parse(each.mask, each.size);

    expect(mask.size).toEqual(each.size);
    if (mask.counts !== expected.counts) expect(iou(mask, expected)).toBeGreaterThan(0.999);
  });

  test("is the server's mask at another threshold", () => {
    const mask = maskAbove(logits, frame, 1);
    const expected = parse(each.above_one, each.size);

    if (mask.counts !== expected.counts) expect(iou(mask, expected)).toBeGreaterThan(0.999);
  });

  test("is as stable as the server says", () => {
    expect(Math.abs(stability(logits, frame) - each.stability)).toBeLessThan(0.03);
  });

  test("has the logits of its pixels", () => {
    const mask = maskAbove(logits, frame);
    const [height, width] = each.size;
    for (let y = 0; y < height; y += 3) {
      for (let x = 0; x < width; x += 3) {
        expect(logitAt(logits, frame, x, y) > 0).toBe(contains(mask, x, y));
      }
    }
  });
});

test("points go to the model's pixels by the rounded size of the image there", () => {
  const frame = frameOf([75, 131], 64);

  expect(frame.scaledHw).toEqual([37, 64]);
  expect(toModel(frame, { x: 131, y: 75 })).toEqual({ x: 64, y: 37 });
});

test("the thinnest image keeps a row", () => {
  expect(frameOf([1, 4000], 1024).scaledHw).toEqual([1, 1024]);
});
