import { describe, expect, test } from "vitest";
import { components, dropIslands, fillHoles } from "../../../frontend/src/geometry/components.js";
import { cutAlong, lineMask } from "../../../frontend/src/geometry/knife.js";
import { area, fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { complement, intersectionArea, unionOf } from "../../../frontend/src/geometry/sets.js";
import { grow, shrink, smooth } from "../../../frontend/src/geometry/tidy.js";

function mask(...rows) {
  const bits = Uint8Array.from(rows.join(""), (sign) => Number(sign === "#"));
  return fromBitmap(bits, [rows.length, rows[0].length]);
}

function drawn(rle) {
  const [height, width] = rle.size;
  const signs = Array.from(toBitmap(rle), (bit) => (bit ? "#" : "."));
  return Array.from({ length: height }, (_, row) =>
    signs.slice(row * width, (row + 1) * width).join(""),
  );
}

const EMPTY = mask("....", "....", "....");
const WHOLE = mask("####", "####", "####");
const PIXEL = mask("....", ".#..", "....");
const CORNERS = mask("#..#", "....", "#..#");
const RING = mask("#####", "#...#", "#.#.#", "#...#", "#####");

const CASES = [
  ["empty", EMPTY],
  ["whole", WHOLE],
  ["one pixel", PIXEL],
  ["at the corners", CORNERS],
  ["with a hole and an island", RING],
];

/** Deterministic noise, so that a failing case can be looked at. */
function noise(height, width, share, seed = 1) {
  let state = seed;
  const bits = new Uint8Array(height * width);
  for (let at = 0; at < bits.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bits[at] = Number(state / 2 ** 32 < share);
  }
  return fromBitmap(bits, [height, width]);
}

/** The plain way: every pixel looks around. */
function byDisc(rle, radius, decide) {
  const [height, width] = rle.size;
  const bits = toBitmap(rle);
  const result = new Uint8Array(bits.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let [inside, all] = [0, 0];
      for (let dy = -radius; dy <= radius; dy += 1) {
        for (let dx = -radius; dx <= radius; dx += 1) {
          const [u, v] = [x + dx, y + dy];
          if (dx * dx + dy * dy > radius * radius) continue;
          if (u < 0 || v < 0 || u >= width || v >= height) continue;
          all += 1;
          inside += bits[v * width + u];
        }
      }
      result[y * width + x] = Number(decide(inside, all, bits[y * width + x]));
    }
  }
  return fromBitmap(result, rle.size);
}

const NOISES = [0.02, 0.5, 0.97].map((share) => [`noise of ${share}`, noise(23, 31, share)]);

describe.each([...CASES, ...NOISES])("%s", (_name, rle) => {
  test.each([0, 1, 2, 5])("grown, shrunk and smoothed by %d as every pixel says", (radius) => {
    expect(drawn(grow(rle, radius))).toEqual(drawn(byDisc(rle, radius, (inside) => inside > 0)));
    expect(drawn(shrink(rle, radius))).toEqual(
      drawn(byDisc(rle, radius, (inside, all) => inside === all)),
    );
    expect(drawn(smooth(rle, radius))).toEqual(
      drawn(
        byDisc(rle, radius, (inside, all, was) => (2 * inside === all ? was : 2 * inside > all)),
      ),
    );
  });

  test("turned inside out twice is itself, and shares nothing with its complement", () => {
    expect(complement(complement(rle))).toEqual(rle);
    expect(intersectionArea(rle, complement(rle))).toBe(0);
    expect(area(rle) + area(complement(rle))).toBe(rle.size[0] * rle.size[1]);
  });

  test.each([4, 8])("pieces by %d neighbours are apart and together the whole", (neighbours) => {
    const pieces = components(rle, neighbours);

    expect(unionOf(pieces, rle.size)).toEqual(rle);
    expect(pieces.reduce((sum, piece) => sum + area(piece), 0)).toBe(area(rle));
    expect(pieces.length).toBe(countByFlood(rle, neighbours));
    const sizes = pieces.map(area);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
  });
});

function countByFlood(rle, neighbours) {
  const [height, width] = rle.size;
  const open = toBitmap(rle);
  let count = 0;
  for (let start = 0; start < open.length; start += 1) {
    if (!open[start]) continue;
    count += 1;
    const stack = [start];
    open[start] = 0;
    while (stack.length > 0) {
      const at = stack.pop();
      for (let dy = -1; dy <= 1; dy += 1) {
        for (let dx = -1; dx <= 1; dx += 1) {
          if (neighbours === 4 && dx !== 0 && dy !== 0) continue;
          const [x, y] = [(at % width) + dx, Math.floor(at / width) + dy];
          if (x < 0 || y < 0 || x >= width || y >= height || !open[y * width + x]) continue;
          open[y * width + x] = 0;
          stack.push(y * width + x);
        }
      }
    }
  }
  return count;
}

describe("holes and islands", () => {
  test.each([
    ["of nothing", EMPTY, 0],
    ["of the whole", WHOLE, 12],
    ["inside are filled, with the island in them", RING, 25],
    ["that reach the border stay", mask("#.#", "#.#", "###"), 7],
    ["that touch the outside at a corner only are filled", mask("##.", "#.#", "###"), 8],
  ])("holes %s", (_name, rle, pixels) => {
    expect(area(fillHoles(rle))).toBe(pixels);
  });

  test("a hole larger than asked for stays", () => {
    expect(area(fillHoles(RING, 7))).toBe(17);
    expect(area(fillHoles(RING, 8))).toBe(25);
  });

  test("islands smaller than asked for go, the largest piece never", () => {
    const rle = mask("##..#", "##...", "....#", "....#");

    expect(drawn(dropIslands(rle, 2))).toEqual(["##...", "##...", "....#", "....#"]);
    expect(area(dropIslands(rle, 3))).toBe(4);
    expect(area(dropIslands(rle, 100))).toBe(4);
    expect(area(dropIslands(EMPTY, 100))).toBe(0);
  });
});

describe("a cut", () => {
  const block = fromBitmap(new Uint8Array(20 * 30).fill(1), [20, 30]);

  test.each([
    [
      "straight down",
      [
        [15, -2],
        [15, 25],
      ],
      2,
    ],
    [
      "diagonally",
      [
        [-3, -2],
        [33, 22],
      ],
      2,
    ],
    [
      "with a bend",
      [
        [-3, 5],
        [15, 9],
        [33, 3],
      ],
      2,
    ],
    [
      "in the shape of an N",
      [
        [5, 25],
        [5, -3],
        [20, 23],
        [20, -3],
      ],
      4,
    ],
    [
      "not from edge to edge",
      [
        [10, 5],
        [20, 5],
      ],
      1,
    ],
    [
      "beside it",
      [
        [-9, 0],
        [-5, 20],
      ],
      1,
    ],
  ])("%s", (_name, corners, count) => {
    const pieces = cutAlong(
      block,
      corners.map(([x, y]) => ({ x, y })),
    );

    expect(pieces).toHaveLength(count);
    expect(unionOf(pieces, block.size)).toEqual(block);
    expect(pieces.reduce((sum, piece) => sum + area(piece), 0)).toBe(600);
  });

  test("parts what it crosses, and leaves other pieces with the largest", () => {
    const rle = mask(
      "######....##",
      "######....##",
      "######....##",
      "######....##",
      "######....##",
      "######....##",
    );

    const pieces = cutAlong(rle, [
      { x: 2.5, y: -1 },
      { x: 2.5, y: 8 },
    ]);

    expect(pieces.map(area)).toEqual([18 + 12 + 6, 12]);
  });

  test("of a mask of nothing is nothing", () => {
    expect(
      cutAlong(EMPTY, [
        { x: 0, y: 0 },
        { x: 3, y: 3 },
      ]),
    ).toEqual([EMPTY]);
  });

  test("its line has no gap that a corner could slip through", () => {
    for (const to of [
      [29.5, 19.5],
      [29.5, 3.2],
      [7.1, 19.9],
      [0.5, 0.5],
    ]) {
      const line = lineMask(
        [
          { x: 0.5, y: 0.5 },
          { x: to[0], y: to[1] },
        ],
        [20, 30],
      );

      expect(components(line, 4)).toHaveLength(1);
    }
  });
});
