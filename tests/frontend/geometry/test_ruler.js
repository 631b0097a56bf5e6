import { expect, test } from "vitest";
import { rulerMarks } from "../../../frontend/src/geometry/ruler.js";

test.each([
  ["half a percent", 0.02, 5000, 500],
  ["life size", 1, 100, 10],
  ["double", 2, 50, 5],
  ["a pixel of a fingertip", 64, 1, 1],
])("at %s the numbers are round and far enough apart", (_, scale, step, tick) => {
  const marks = rulerMarks(scale, 0, 100_000, 1000);

  expect(marks.step).toBe(step);
  expect(marks.ticks[1] - marks.ticks[0]).toBeCloseTo(tick * scale);
  expect(marks.numbers[1].at - marks.numbers[0].at).toBeGreaterThanOrEqual(50);
});

test("every mark lies on its pixel, wherever the picture was moved", () => {
  const { ticks, numbers } = rulerMarks(4, -1003, 2000, 800);

  for (const { value, at } of numbers) expect(at).toBeCloseTo(value * 4 - 1003);
  for (const at of ticks) expect(((at + 1003) / 4) % 1).toBeCloseTo(0);
  expect(ticks[0]).toBeGreaterThanOrEqual(0);
  expect(ticks.at(-1)).toBeLessThanOrEqual(800);
});

test("a ruler ends with the image, and there is none of what is out of sight", () => {
  expect(rulerMarks(1, 40, 250, 1000).ticks.map((at) => at - 40)).toEqual(
    Array.from({ length: 26 }, (_, i) => 10 * i),
  );
  expect(rulerMarks(1, -900, 250, 1000).ticks).toEqual([]);
});
