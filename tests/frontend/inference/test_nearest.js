import { expect, test } from "vitest";
import { nearest } from "../../../frontend/src/inference/answers.js";

const mask = (first, last) =>
  Uint8Array.from({ length: 100 }, (_, index) => (index >= first && index <= last ? 1 : 0));

const PART = mask(10, 19);
const WHOLE = mask(0, 59);
const OTHER = mask(80, 99);

test.each([
  ["the best when nothing was shown", null, 0],
  ["the part while the part is shown", mask(10, 20), 1],
  ["the whole while the whole is shown", mask(0, 57), 0],
  ["the best of another object", OTHER, 0],
])("%s", (_name, shown, place) => {
  expect(nearest([WHOLE, PART], shown)).toBe(place);
});
