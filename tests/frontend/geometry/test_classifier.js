import { describe, expect, test } from "vitest";
import { blur } from "../../../frontend/src/geometry/blur.js";
import { pixelFeatures } from "../../../frontend/src/geometry/features.js";
import { classify, growForest, randomFrom } from "../../../frontend/src/geometry/forest.js";
import { wholeFrame } from "../../../frontend/src/geometry/frame.js";
import { area, contains, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { masksOf, verdict } from "../../../frontend/src/geometry/verdict.js";

const SIZE = { width: 40, height: 30 };

function picture(colorAt, { width, height } = SIZE) {
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rgba.set([...colorAt(x, y), 255], 4 * (y * width + x));
  return rgba;
}

describe("the blur", () => {
  const flat = new Float32Array(1200).fill(7);
  const spot = new Float32Array(1200);
  spot[15 * 40 + 20] = 1000;

  test("leaves one colour, and everything at a width of nothing", () => {
    for (const value of blur(flat, SIZE, 3)) expect(value).toBeCloseTo(7, 4);
    expect(blur(spot, SIZE, 0)).toBe(spot);
  });

  test.each([1.5, 2.5])("spreads a spot by its width, and loses nothing (%d)", (sigma) => {
    const blurred = blur(spot, SIZE, sigma);
    const mean = (of) =>
      blurred.reduce((sum, value, at) => sum + value * of(at % 40, Math.floor(at / 40)), 0) / 1000;

    expect(mean(() => 1)).toBeCloseTo(1, 3);
    expect(mean((x) => x)).toBeCloseTo(20, 2);
    expect(Math.sqrt(mean((_x, y) => (y - 15) ** 2))).toBeCloseTo(sigma, 0);
  });

  test("a picture smaller than the blur stays whole", () => {
    expect([...blur(Float32Array.of(4, 4), { width: 2, height: 1 }, 9)].map(Math.round)).toEqual([
      4, 4,
    ]);
  });
});

describe("features", () => {
  test("of one colour are all alike, and of any size", () => {
    for (const size of [SIZE, { width: 1, height: 1 }, { width: 1, height: 9 }]) {
      const { count, bytes } = pixelFeatures(
        picture(() => [90, 120, 30], size),
        size,
      );

      expect(bytes.length).toBe(count * size.width * size.height);
      expect(new Set(bytes).size).toBeLessThanOrEqual(1);
    }
  });

  test("tell smooth from rough where the mean colour is the same", () => {
    const rgba = picture((x, y) =>
      x < 20 ? [120, 120, 120] : (x + y) % 2 ? [90, 90, 90] : [150, 150, 150],
    );
    const { count, bytes } = pixelFeatures(rgba, SIZE);
    const [smooth, rough] = [15 * 40 + 5, 15 * 40 + 34].map((cell) =>
      bytes.slice(cell * count, (cell + 1) * count),
    );

    expect(Math.max(...smooth.map((byte, at) => Math.abs(byte - rough[at])))).toBeGreaterThan(200);
  });

  test("of an embedding lie where the image lies on the grid", () => {
    const side = 4;
    const data = new Float32Array(2 * side * side);
    for (let at = 0; at < side * side; at += 1) data[at] = at % side; // rises to the right
    const grey = picture(() => [120, 120, 120]);
    const plain = pixelFeatures(grey, SIZE).count;
    const { count, bytes } = pixelFeatures(grey, SIZE, { embedding: { data, channels: 2, side } });

    const row = Array.from({ length: 40 }, (_, x) => bytes[(15 * 40 + x) * count + plain]);
    expect(count).toBe(plain + 2);
    expect(row[0]).toBe(0);
    expect(row[39]).toBe(255);
    for (const [x, byte] of row.entries()) expect(byte).toBeGreaterThanOrEqual(row[x - 1] ?? 0);
  });
});

/** Cells of a few rows on both halves. */
function drawn(split) {
  const cells = [];
  const classes = [];
  for (const y of [4, 12, 25])
    for (let x = 2; x < 38; x += 3) {
      if (Math.abs(x - split) < 3) continue;
      cells.push(y * 40 + x);
      classes.push(Number(x >= split));
    }
  return [Int32Array.from(cells), Uint8Array.from(classes)];
}

function learned(rgba, split, seed = 1) {
  const features = pixelFeatures(rgba, SIZE);
  const forest = growForest(features, ...drawn(split), 2, randomFrom(seed));
  return classify(forest, features);
}

describe("the forest", () => {
  test.each([
    ["colour", (x) => (x < 17 ? [200, 40, 40] : [40, 90, 200])],
    [
      "texture",
      (x, y) => (x < 17 ? [120, 120, 120] : (x * 7 + y * 13) % 3 ? [90, 90, 90] : [180, 180, 180]),
    ],
  ])("learns %s from a few strokes", (_name, colorAt) => {
    const { best } = verdict(learned(picture(colorAt), 17));

    let right = 0;
    best.forEach((own, at) => {
      right += Number(own === Number(at % 40 >= 17));
    });
    expect(right / 1200).toBeGreaterThan(0.93);
  });

  test("gives shares that are 1 together", () => {
    const [a, b] = learned(
      picture((x) => (x < 17 ? [200, 40, 40] : [40, 90, 200])),
      17,
    );

    for (const [at, share] of a.entries()) expect(share + b[at]).toBeCloseTo(1, 4);
  });

  test("makes the same of the same strokes", () => {
    const rgba = picture((x, y) => [(x * 31 + y * 17) % 256, 90, 40]);

    expect(learned(rgba, 17)).toEqual(learned(rgba, 17));
  });

  test("is unsure where nothing tells the classes apart", () => {
    const { doubt } = verdict(
      learned(
        picture(() => [120, 120, 120]),
        17,
      ),
    );

    for (const value of doubt) expect(value).toBeGreaterThan(200);
  });

  test("a class with few strokes counts as much as one with many", () => {
    const rgba = picture((x) => (x < 4 ? [200, 40, 40] : [40, 90, 200]));
    const features = pixelFeatures(rgba, SIZE);
    const cells = Int32Array.from({ length: 300 }, (_, at) =>
      at < 3 ? at * 40 + 1 : at * 4 - ((at * 4) % 40) + 10 + (at % 25),
    );
    const classes = Uint8Array.from(cells, (cell) => Number(cell % 40 >= 4));
    const { best } = verdict(
      classify(growForest(features, cells, classes, 2, randomFrom(1)), features),
    );

    expect(best[20 * 40 + 1]).toBe(0);
    expect(best[20 * 40 + 30]).toBe(1);
  });
});

describe("the verdict", () => {
  test("is the largest share, certain by its lead", () => {
    const planes = [
      Float32Array.of(1, 0.5, 0.2),
      Float32Array.of(0, 0.5, 0.5),
      Float32Array.of(0, 0, 0.3),
    ];

    expect([...verdict(planes).best]).toEqual([0, 0, 1]);
    expect([...verdict(planes).doubt]).toEqual([0, 255, 204]);
  });

  test("masks are apart and cover everything", () => {
    const frame = wholeFrame(SIZE, 10_000);
    const left = new Float32Array(1200).map((_, at) => Number(at % 40 < 10));
    const [a, b] = masksOf([left, left.map((share) => 1 - share)], frame, [30, 40]);

    expect(area(a)).toBe(300);
    expect(area(b)).toBe(900);
    expect(toBitmap(a).some((bit, at) => bit && toBitmap(b)[at])).toBe(false);
  });

  test("of a coarse frame have edges between the cells", () => {
    const frame = wholeFrame(SIZE, 80); // 10 x 8 cells of 4 x 4
    const left = new Float32Array(frame.width * frame.height).map(
      (_, at) => 1 - (at % frame.width) / 9,
    );
    const [a] = masksOf([left, left.map((share) => 1 - share)], frame, [30, 40]);

    expect(frame.step).toBe(4);
    expect(contains(a, 19, 15)).toBe(true);
    expect(contains(a, 20, 15)).toBe(false); // no multiple of the step decides it
    expect(area(a)).toBe(20 * 30);
  });
});

test.each([
  [{ width: 40, height: 30 }, 1200, 1],
  [{ width: 40, height: 30 }, 1199, 2],
  [{ width: 4000, height: 3000 }, 1024 * 1024, 4],
  [{ width: 1, height: 1 }, 1, 1],
])("the whole of %o in %d cells takes every %d-th pixel", (image, limit, step) => {
  const frame = wholeFrame(image, limit);

  expect(frame.step).toBe(step);
  expect(frame.width * frame.height).toBeLessThanOrEqual(limit);
  expect(frame.width * step).toBeGreaterThanOrEqual(image.width);
});
