import { expect, test } from "vitest";
import { PATTERNS, patternOf, shownPattern } from "../../../frontend/src/model/patterns.js";
import { tilePixels } from "../../../frontend/src/render/patterns.js";

const SIDE = 12; // pixels; every tile of the first round repeats in it
const MASK = 128; // grey, as the colour-blindest see a mask

/** What is seen of a pattern over grey, 0..255. */
function greys(rgba, size) {
  const seen = [];
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const at = 4 * ((y % size) * size + (x % size));
      const alpha = rgba[at + 3] / 255;
      seen.push(MASK * (1 - alpha) + rgba[at] * alpha);
    }
  }
  return seen;
}

/** The rising stripes of a suggestion, which no label's pattern may be. */
function rising(period) {
  const rgba = new Uint8ClampedArray(4 * SIDE * SIDE);
  for (let at = 0; at < SIDE * SIDE; at += 1) {
    if ((Math.floor(at / SIDE) + (at % SIDE)) % period < 2) rgba[4 * at + 3] = 200;
  }
  return greys(rgba, SIDE);
}

/** The share of pixels that differ clearly where two are laid over each other as well as they fit. */
function apart(one, other) {
  let least = 1;
  for (let shift = 0; shift < SIDE * SIDE; shift += 1) {
    const [down, across] = [Math.floor(shift / SIDE), shift % SIDE];
    let differing = 0;
    for (let at = 0; at < SIDE * SIDE; at += 1) {
      const y = (Math.floor(at / SIDE) + down) % SIDE;
      const x = ((at % SIDE) + across) % SIDE;
      if (Math.abs(one[at] - other[y * SIDE + x]) > 40) differing += 1;
    }
    least = Math.min(least, differing / (SIDE * SIDE));
  }
  return least;
}

const fine = Array.from({ length: PATTERNS / 2 }, (_, pattern) =>
  greys(tilePixels(pattern, 12), 12),
);

test("in grey every two patterns differ, wherever they lie", () => {
  for (const [first, one] of fine.entries()) {
    for (const other of fine.slice(first + 1)) expect(apart(one, other)).toBeGreaterThan(0.12);
  }
});

test("none is taken for the stripes of a suggestion", () => {
  for (const one of fine) {
    for (const period of [6, 12]) expect(apart(one, rising(period))).toBeGreaterThan(0.12);
  }
});

test("each is seen on black and on white, and shows the colour between its marks", () => {
  for (let pattern = 0; pattern < PATTERNS; pattern += 1) {
    const size = pattern < PATTERNS / 2 ? 12 : 24;
    const pixels = tilePixels(pattern, size);
    const shares = { dark: 0, light: 0, free: 0 };
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3] === 0) shares.free += 4 / pixels.length;
      else if (pixels[at] === 0) shares.dark += 4 / pixels.length;
      else shares.light += 4 / pixels.length;
    }
    expect(shares.dark).toBeGreaterThan(0.1);
    expect(shares.light).toBeGreaterThan(0.03);
    expect(shares.free).toBeGreaterThan(0.25);
  }
});

test("a tile is as coarse on a dense screen as on any", () => {
  const [plain, dense] = [tilePixels(3, 12), tilePixels(3, 24)];
  for (let y = 0; y < 12; y += 1) {
    for (let x = 0; x < 12; x += 1) {
      expect(dense[4 * (2 * y * 24 + 2 * x) + 3]).toBe(plain[4 * (y * 12 + x) + 3]);
    }
  }
});

test("a label keeps its pattern, whatever its place in the list", () => {
  const numbers = Array.from({ length: PATTERNS }, (_, index) => ({ number: index + 1 }));
  expect(new Set(numbers.map(patternOf)).size).toBe(PATTERNS);
  expect(patternOf({ number: PATTERNS + 1 })).toBe(patternOf({ number: 1 }));
  expect(patternOf(null)).toBe(null);
  expect(shownPattern({ patterns: false }, { number: 4 })).toBe(null);
  expect(shownPattern({ patterns: true }, { number: 4 })).toBe(3);
});
