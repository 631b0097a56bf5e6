import { describe, expect, test } from "vitest";
import { boxPatch, fromTiles, Stroke, TiledStroke } from "../../../frontend/src/geometry/raster.js";
import { area, fromPatch, toBitmap } from "../../../frontend/src/geometry/rle.js";

const IMAGE = { width: 60, height: 40 };
const SIZE = /** @type {const} */ ([40, 60]);

function drawn(lines, brush) {
  const stroke = new Stroke(IMAGE, brush);
  for (const [from, to] of lines) stroke.line(from, to);
  return fromPatch(stroke.patch, SIZE);
}

/** How far the middle of a pixel is from the line; a square brush measures along the axes. */
function distanceTo(from, to, shape, x, y) {
  const at = (t) => ({ x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) });
  const away = (t) => {
    const [dx, dy] = [Math.abs(at(t).x - x), Math.abs(at(t).y - y)];
    return shape === "disc" ? Math.hypot(dx, dy) : Math.max(dx, dy);
  };
  // Both measures are convex along the line, so halving the interval finds the least.
  let [low, high] = [0, 1];
  for (let step = 0; step < 80; step += 1) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (away(left) < away(right)) high = right;
    else low = left;
  }
  return away(low);
}

const LINES = [
  ["a dab", { x: 20.3, y: 15.8 }, { x: 20.3, y: 15.8 }],
  ["to the right", { x: 10.2, y: 20.1 }, { x: 40.4, y: 20.1 }],
  ["straight down", { x: 30.3, y: 5.2 }, { x: 30.3, y: 33.3 }],
  ["steeply up", { x: 20.1, y: 33.3 }, { x: 26.7, y: 4.6 }],
  ["flat to the left", { x: 50.6, y: 12.3 }, { x: 8.2, y: 18.9 }],
  ["over the border", { x: -7.3, y: 3.1 }, { x: 9.9, y: 46.2 }],
  ["a hair's breadth", { x: 20.3, y: 15.8 }, { x: 20.31, y: 15.82 }],
];

describe.each(["disc", "square"])("a %s brush", (shape) => {
  test.each(LINES)("led %s covers the pixels within its radius", (_name, from, to) => {
    const found = toBitmap(drawn([[from, to]], { size: 9, shape }));

    for (let at = 0; at < found.length; at += 1) {
      const [x, y] = [(at % IMAGE.width) + 0.5, Math.floor(at / IMAGE.width) + 0.5];
      const distance = distanceTo(from, to, shape, x, y);
      // On the rim itself rounding decides.
      if (Math.abs(distance - 4.5) > 1e-6)
        expect([x, y, found[at]]).toEqual([x, y, Number(distance < 4.5)]);
    }
  });
});

test("the smallest brush sets the pixel under the pointer, wherever in it the pointer is", () => {
  for (const at of [
    { x: 5.01, y: 7.01 },
    { x: 5.5, y: 7.5 },
    { x: 5.99, y: 7.99 },
  ]) {
    const rle = drawn([[at, at]], { size: 1, shape: "disc" });

    expect(area(rle)).toBe(1);
    expect(toBitmap(rle)[7 * IMAGE.width + 5]).toBe(1);
  }
});

test("a stroke of many lines keeps what was drawn before its bitmap grew", () => {
  const brush = { size: 3, shape: "disc" };
  const far = drawn(
    [
      [
        { x: 2, y: 2 },
        { x: 3, y: 3 },
      ],
      [
        { x: 57, y: 37 },
        { x: 58, y: 38 },
      ],
    ],
    brush,
  );
  const near = drawn(
    [
      [
        { x: 2, y: 2 },
        { x: 3, y: 3 },
      ],
    ],
    brush,
  );
  const other = drawn(
    [
      [
        { x: 57, y: 37 },
        { x: 58, y: 38 },
      ],
    ],
    brush,
  );

  expect(area(far)).toBe(area(near) + area(other));
});

test("the bitmap is as large as the stroke, not as the image", () => {
  const stroke = new Stroke({ width: 5000, height: 4000 }, { size: 10, shape: "disc" });

  stroke.line({ x: 2500, y: 2000 }, { x: 2510, y: 2010 });

  expect(stroke.patch.bits.length).toBeLessThan(200 * 200);
});

test("a stroke outside of the image draws nothing", () => {
  expect(
    area(
      drawn(
        [
          [
            { x: -90, y: -90 },
            { x: -80, y: -90 },
          ],
        ],
        { size: 9, shape: "disc" },
      ),
    ),
  ).toBe(0);
});

test.each([
  ["whole pixels", [2, 3, 5, 5], [2, 3, 3, 2]],
  ["middles decide", [2.4, 3.6, 5.6, 5.4], [2, 4, 4, 1]],
  ["cut to the image", [-5, -5, 100, 2], [0, 0, 60, 2]],
  ["thinner than a pixel", [2.6, 3, 3.4, 9], [3, 3, 0, 6]],
])("a filled box: %s", (_name, box, [x, y, width, height]) => {
  expect(boxPatch(box, IMAGE)).toMatchObject({ x, y, width, height });
});

describe("a stroke in tiles", () => {
  const LARGE = { width: 1000, height: 700 };
  const points = [
    { x: -20, y: 30.5 },
    { x: 255.5, y: 255.5 },
    { x: 990, y: 20 },
    { x: 1020, y: 720 },
    { x: 300, y: 511.2 },
    { x: 300, y: 512 },
  ];

  test.each([
    [1, "disc"],
    [37, "disc"],
    [300, "square"],
  ])("of size %i covers what one bitmap covers", (size, shape) => {
    const [whole, tiled] = [Stroke, TiledStroke].map((Kind) => new Kind(LARGE, { size, shape }));
    for (const stroke of [whole, tiled]) {
      for (let at = 1; at < points.length; at += 1) stroke.line(points[at - 1], points[at]);
      stroke.taper(points[1], points[2], size + 6);
    }

    const sizeHw = /** @type {const} */ ([LARGE.height, LARGE.width]);
    expect(fromTiles(tiled.tiles, sizeHw).counts).toBe(fromPatch(whole.patch, sizeHw).counts);
  });

  test("holds only what it went over, however long it is", () => {
    const stroke = new TiledStroke({ width: 20_000, height: 20_000 }, { size: 60, shape: "disc" });

    stroke.line({ x: 10, y: 10 }, { x: 19_990, y: 19_990 });

    const held = stroke.tiles.reduce((sum, { bits }) => sum + bits.length, 0);
    expect(held).toBeLessThan(20_000_000);
    const drawn = fromTiles(stroke.tiles, [20_000, 20_000]);
    expect(area(drawn)).toBeGreaterThan(60 * 28_000);
  });

  test("counts up only the tiles that were drawn on", () => {
    const stroke = new TiledStroke(LARGE, { size: 10, shape: "disc" });
    stroke.line({ x: 50, y: 50 }, { x: 60, y: 50 });
    const [first] = stroke.tiles;
    const before = first.version;

    stroke.line({ x: 600, y: 600 }, { x: 610, y: 600 });

    expect(first.version).toBe(before);
    expect(stroke.tiles).toHaveLength(2);
  });

  test("without a pixel inside of the image is empty", () => {
    const stroke = new TiledStroke(LARGE, { size: 10, shape: "disc" });
    stroke.line({ x: -50, y: -50 }, { x: -60, y: -50 });

    expect(area(fromTiles(stroke.tiles, [700, 1000]))).toBe(0);
  });
});
