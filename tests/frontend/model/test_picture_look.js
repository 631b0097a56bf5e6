import { expect, test } from "vitest";
import {
  AS_IT_IS,
  adjustments,
  isAdjusted,
  readLook,
} from "../../../frontend/src/model/pictureLook.js";

test("what is adjusted is told in words", () => {
  const look = { ...AS_IT_IS, contrast: 1.4, gamma: 2, channel: "red", invert: true };

  expect(adjustments(look)).toEqual(["contrast 140 %", "gamma 2.00", "red only", "inverted"]);
  expect(isAdjusted(look)).toBe(true);
  expect(isAdjusted(AS_IT_IS)).toBe(false);
});

test("a profile's look is read, and what breaks its limits stays as it is", () => {
  const stored = { brightness: 9, contrast: 0.5, gamma: "2", channel: "infrared", invert: true };

  expect(readLook(stored)).toEqual({ ...AS_IT_IS, contrast: 0.5, invert: true });
  expect(readLook(undefined)).toBe(AS_IT_IS);
});
