import { expect, test } from "vitest";
import { brighten, toWord } from "../../../frontend/src/render/surface.js";

test.each([
  ["#000000", [0, 0, 0, 255]],
  ["#ff0000", [255, 0, 0, 255]],
  ["#0072b2", [0, 114, 178, 255]],
  ["#FFFFFF", [255, 255, 255, 255]],
])("%s as the bytes of a picture", (color, bytes) => {
  expect([...new Uint8Array(Uint32Array.of(toWord(color)).buffer)]).toEqual(bytes);
});

test.each([
  ["#0072b2", 0, "rgb(0 114 178)"],
  ["#0072b2", 1, "rgb(255 255 255)"],
  ["#000000", 0.5, "rgb(128 128 128)"],
])("%s brightened by %f", (color, share, expected) => {
  expect(brighten(color, share)).toBe(expected);
});
