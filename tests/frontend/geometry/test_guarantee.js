import { describe, expect, test } from "vitest";
import { promisedMask } from "../../../frontend/src/geometry/guarantee.js";
import { frameOf, logitAt, maskAbove } from "../../../frontend/src/geometry/lowRes.js";
import { regionAt } from "../../../frontend/src/geometry/region.js";
import { area, bbox, contains, fromBitmap } from "../../../frontend/src/geometry/rle.js";
import { iou, subtract } from "../../../frontend/src/geometry/sets.js";

const FRAME = frameOf([64, 64], 64);

/** Low-resolution logits of 16 x 16 by a function of the place, 0..1 both ways. */
function logitsFrom(height) {
  const low = Float32Array.from({ length: 256 }, (_, index) =>
    height(((index % 16) + 0.5) / 16, (Math.floor(index / 16) + 0.5) / 16),
  );
  return { low, side: 16 };
}

/** A hill on the left and a lower one, just below the threshold, on the right. */
const hills = logitsFrom((x, y) => {
  const left = 6 - 60 * Math.hypot(x - 0.25, y - 0.5);
  const right = 3 - 30 * Math.hypot(x - 0.75, y - 0.5) - 4;
  return Math.max(left, right, -8);
});

describe("a positive click", () => {
  test("inside of the mask changes nothing", () => {
    const mask = promisedMask(hills, FRAME, { points: [[16, 32, 1]], box: null });

    expect(mask).toEqual(maskAbove(hills, FRAME));
  });

  test("outside of it brings the region as likely as the click", () => {
    const plain = maskAbove(hills, FRAME);
    const level = logitAt(hills, FRAME, 50, 32);
    expect(level).toBeLessThan(0);

    const mask = promisedMask(hills, FRAME, { points: [[50, 32, 1]], box: null });

    expect(contains(mask, 50, 32)).toBe(true);
    const gained = subtract(mask, plain);
    expect(area(gained)).toBeGreaterThan(4);
    const disc = 2;
    const [x, y, width, height] = bbox(gained);
    for (let row = y; row < y + height; row += 1) {
      for (let column = x; column < x + width; column += 1) {
        if (!contains(gained, column, row)) continue;
        const isNear = Math.hypot(column - 50, row - 32) < disc;
        if (!isNear)
          expect(logitAt(hills, FRAME, column, row)).toBeGreaterThanOrEqual(level - 0.01);
      }
    }
  });

  test("brings a small disc where the region as likely holds a click of the other side", () => {
    const points = [
      [60, 60, 1],
      [60, 4, 0],
    ];

    const mask = promisedMask(hills, FRAME, { points, box: null });

    expect(contains(mask, 60, 60)).toBe(true);
    expect(area(subtract(mask, maskAbove(hills, FRAME)))).toBeLessThan(10);
  });
});

describe("a negative click", () => {
  test("outside of the mask changes nothing", () => {
    const points = [[60, 60, 0]];

    expect(promisedMask(hills, FRAME, { points, box: null })).toEqual(maskAbove(hills, FRAME));
  });

  test("inside of it takes what is as unlikely, and leaves the likelier rest", () => {
    const plain = maskAbove(hills, FRAME);

    const mask = promisedMask(hills, FRAME, { points: [[20, 32, 0]], box: null });

    expect(contains(mask, 20, 32)).toBe(false);
    expect(area(mask)).toBeGreaterThan(0);
    expect(area(mask)).toBeLessThan(area(plain));
    expect(area(subtract(mask, plain))).toBe(0);
  });
});

test("clicks next to each other both hold", () => {
  const points = [
    [50, 32, 1],
    [51, 32, 0],
    [50, 33, 1],
    [49, 32, 0],
  ];

  const mask = promisedMask(hills, FRAME, { points, box: null });

  for (const [x, y, label] of points) expect(contains(mask, x, y)).toBe(label === 1);
});

test("a box's answer stays inside of the box grown by a tenth", () => {
  const everywhere = logitsFrom(() => 5);

  const mask = promisedMask(everywhere, FRAME, { points: [], box: [20, 10, 40, 50] });

  expect(bbox(mask)).toEqual([18, 6, 24, 48]);
});

test("masks of every image size keep the promise of random clicks", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (const size of [
    [5, 90],
    [90, 5],
    [1, 1],
    [120, 77],
  ]) {
    const frame = frameOf(size, 64);
    const noise = { low: Float32Array.from({ length: 256 }, () => random() * 10 - 6), side: 16 };
    const points = Array.from({ length: 6 }, () => [
      Math.floor(random() * size[1]) + 0.5,
      Math.floor(random() * size[0]) + 0.5,
      random() > 0.5 ? 1 : 0,
    ]).filter(([x, y], index, all) => all.findIndex(([a, b]) => a === x && b === y) === index);

    const mask = promisedMask(noise, frame, { points, box: null });

    for (const [x, y, label] of points) expect(contains(mask, x, y)).toBe(label === 1);
  }
});

describe("the region around a pixel", () => {
  const rows = ["##..#", "#...#", "..#.#", "###.."];
  const rle = fromBitmap(
    Uint8Array.from(rows.join(""), (letter) => (letter === "#" ? 1 : 0)),
    [4, 5],
  );

  test.each([
    [0, 0, 3],
    [4, 1, 3],
    [1, 3, 4],
    [2, 0, 0],
  ])("at %i, %i has %i pixels", (x, y, pixels) => {
    expect(area(regionAt(rle, x, y))).toBe(pixels);
  });

  test("of a mask in one piece is the mask", () => {
    const whole = fromBitmap(new Uint8Array(20).fill(1), [4, 5]);

    expect(iou(regionAt(whole, 3, 2), whole)).toBe(1);
  });
});
