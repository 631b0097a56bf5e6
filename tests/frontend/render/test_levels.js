import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Levels } from "../../../frontend/src/render/levels.js";
import { PixelCanvas } from "./pixelCanvas.js";

beforeEach(() => vi.stubGlobal("document", { createElement: () => new PixelCanvas() }));
afterEach(() => vi.unstubAllGlobals());

/** A picture, opaque where `isSet` says so. */
function picture(width, height, isSet) {
  const canvas = Object.assign(new PixelCanvas(), { width, height });
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (isSet(x, y)) canvas.data.fill(255, 4 * (y * width + x), 4 * (y * width + x) + 4);
  return canvas;
}

/** What is drawn at a scale, and where. */
function drawn(levels, source, scale) {
  let call = [];
  const { width, height } = source;
  const context = { drawImage: (...given) => (call = given) };
  levels.draw(context, source, [0, 0, width, height], scale);
  const [image, ...place] = call;
  return { image, place };
}

test.each([
  [3, 64],
  [1, 64],
  [0.51, 64],
  [0.5, 32],
  [0.26, 32],
  [0.25, 16],
  [0.001, 4],
])("at %s device pixels a pixel, of a side of 64, one of %s is drawn", (scale, side) => {
  const source = picture(64, 64, () => true);

  const { image, place } = drawn(new Levels(source), source, scale);

  expect([image.width, image.height]).toEqual([side, side]);
  expect(place).toEqual([0, 0, 64, 64]);
});

test("a pixel of a halving is the mean of those it stands for", () => {
  const source = picture(8, 8, (x, y) => x < 3 && y < 2);
  const levels = new Levels(source);

  const half = drawn(levels, source, 0.5).image;
  const quarter = drawn(levels, source, 0.25).image;

  expect([0, 1, 2].map((x) => half.alphaAt(x, 0))).toEqual([255, 128, 0]);
  expect(quarter.alphaAt(0, 0)).toBe(96);
});

test("a halving follows the picture where it was touched, and is kept elsewhere", () => {
  const source = picture(32, 32, () => false);
  const levels = new Levels(source);
  const before = drawn(levels, source, 0.25).image;
  before.data.fill(7, 4 * 63, 4 * 64); // a mark in the last of 8 x 8 pixels
  source.data.fill(255); // all of it is another now, yet only two pixels were told of
  levels.touch([5, 4, 1, 3]);
  levels.touch([9, 4, 2, 4]);

  const after = drawn(levels, source, 0.25).image;

  expect(after).toBe(before);
  expect([1, 2].map((x) => after.alphaAt(x, 1))).toEqual([255, 255]);
  expect(after.alphaAt(0, 0)).toBe(0);
  expect(after.alphaAt(7, 7)).toBe(7);
});

test("what was touched reaches each halving once it is needed", () => {
  const source = picture(32, 32, () => false);
  const levels = new Levels(source);
  drawn(levels, source, 0.125);
  drawn(levels, source, 0.5);
  source.data.fill(255);
  levels.touch([0, 0, 32, 32]);

  expect(drawn(levels, source, 0.5).image.alphaAt(9, 9)).toBe(255);
  expect(drawn(levels, source, 0.125).image.alphaAt(3, 3)).toBe(255);
});

test("an odd side's last pixel is half empty and lies where the picture ends", () => {
  const source = picture(7, 4, () => true);

  const { image, place } = drawn(new Levels(source), source, 0.5);

  expect(image.width).toBe(4);
  expect(image.alphaAt(3, 0)).toBe(128);
  expect(place).toEqual([0, 0, 8, 4]);
});
