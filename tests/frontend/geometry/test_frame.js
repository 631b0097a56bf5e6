import { describe, expect, test } from "vitest";
import {
  cellAt,
  frameFor,
  maskOfCells,
  middleOf,
  serves,
} from "../../../frontend/src/geometry/frame.js";
import { area, bbox } from "../../../frontend/src/geometry/rle.js";

const STAGE = { width: 100, height: 80 };
const IMAGE = { width: 1000, height: 700 };
const whole = { scale: 0.1, x: 0, y: 0 };
const near = { scale: 2, x: -800, y: -600 }; // 400..450, 300..340

describe("a frame", () => {
  test("is the whole image where that is not too much", () => {
    expect(frameFor(IMAGE, near, STAGE, 700_000)).toEqual({
      x: 0,
      y: 0,
      width: 1000,
      height: 700,
      step: 1,
    });
  });

  test("else what is seen, with a margin, at full size", () => {
    const frame = frameFor(IMAGE, near, STAGE, 100_000);

    expect(frame).toMatchObject({ x: 387, y: 290, step: 1 });
    expect(frame.width * frame.height).toBeLessThan(100_000);
    expect(serves(frame, IMAGE, near, STAGE, 100_000)).toBe(true);
    expect(serves(frame, IMAGE, { ...near, x: -810 }, STAGE, 100_000)).toBe(true);
    expect(serves(frame, IMAGE, { ...near, x: -900 }, STAGE, 100_000)).toBe(false);
  });

  test("coarser when all is seen of a large one, finer once it is closer", () => {
    const frame = frameFor(IMAGE, whole, STAGE, 100_000);

    expect(frame).toEqual({ x: 0, y: 0, width: 334, height: 234, step: 3 });
    expect(frame.width * frame.height).toBeLessThan(100_000);
    expect(serves(frame, IMAGE, near, STAGE, 100_000)).toBe(false);
  });

  test("knows its cells, and none outside", () => {
    const frame = { x: 10, y: 20, width: 5, height: 4, step: 3 };

    expect(cellAt(frame, { x: 12.9, y: 22.9 })).toBe(0);
    expect(cellAt(frame, { x: 13, y: 23 })).toBe(6);
    expect(middleOf(frame, 6)).toEqual({ x: 14.5, y: 24.5 });
    for (const [x, y] of [
      [9.9, 21],
      [25, 21],
      [12, 19.9],
      [12, 32],
    ])
      expect(cellAt(frame, { x, y })).toBe(-1);
  });

  test.each([1, 2, 3])(
    "its cells are whole pixels, cut at the image's border (step %d)",
    (step) => {
      const frame = { x: 4, y: 2, width: 4, height: 3, step };
      const bits = new Uint8Array(12);
      bits[0] = 1;
      bits[11] = 1;

      const rle = maskOfCells(frame, bits, [10, 14]);
      const [across, down] = [Math.min(4 * step, 10), Math.min(3 * step, 8)];

      expect(bbox(rle)).toEqual([4, 2, across, down]);
      expect(area(rle)).toBe(step * step + (across - 3 * step) * (down - 2 * step));
    },
  );
});
