import { describe, expect, test } from "vitest";
import { toLab } from "../../../frontend/src/geometry/lab.js";
import {
  edgeCosts,
  nearestEdge,
  waysFrom,
  wayTo,
} from "../../../frontend/src/geometry/livewire.js";
import { bordersOf, maskOfPieces, piecesOf } from "../../../frontend/src/geometry/pieces.js";
import { area, bbox } from "../../../frontend/src/geometry/rle.js";
import { superpixels } from "../../../frontend/src/geometry/superpixels.js";

function picture(width, height, colorAt) {
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) rgba.set([...colorAt(x, y), 255], 4 * (y * width + x));
  return rgba;
}

const GREY = () => [120, 120, 120];
const HALVES = (x) => (x < 21 ? [40, 60, 90] : [200, 120, 60]);

describe("Lab", () => {
  // Reference values: Lindbloom's calculator, D65, to a tenth.
  test.each([
    ["white", [255, 255, 255], [100, 0, 0]],
    ["black", [0, 0, 0], [0, 0, 0]],
    ["red", [255, 0, 0], [53.2, 80.1, 67.2]],
    ["green", [0, 255, 0], [87.7, -86.2, 83.2]],
    ["blue", [0, 0, 255], [32.3, 79.2, -107.9]],
  ])("of %s", (_name, color, expected) => {
    const [l, a, b] = toLab(Uint8ClampedArray.from([...color, 255]));

    for (const [at, value] of [l[0], a[0], b[0]].entries())
      expect(Math.abs(value - expected[at])).toBeLessThan(0.2);
  });
});

describe("superpixels", () => {
  test.each([
    ["one cell", 1, 1, 8],
    ["one row", 30, 1, 5],
    ["smaller than a piece", 6, 5, 20],
    ["of one colour", 40, 30, 8],
  ])("of a picture: %s", (_name, width, height, side) => {
    const { labels, count } = superpixels(picture(width, height, GREY), { width, height }, side);

    expect(count).toBeGreaterThanOrEqual(1);
    expect(new Set(labels)).toEqual(new Set(Array.from({ length: count }, (_, at) => at)));
  });

  test("are about as many as the side asks for", () => {
    const size = { width: 60, height: 40 };
    const noisy = picture(60, 40, (x, y) => [
      90 + ((x * 37 + y * 91) % 16),
      90 + ((x * 11) % 12),
      90,
    ]);

    for (const side of [5, 10, 20]) {
      const { count } = superpixels(noisy, size, side);
      expect(count).toBeGreaterThan((60 * 40) / side ** 2 / 2.5);
      expect(count).toBeLessThan(((60 * 40) / side ** 2) * 2);
    }
  });

  test("of noise are no larger than two of the usual", () => {
    const size = { width: 60, height: 40 };
    const noise = picture(60, 40, (x, y) => [
      (x * 7919 + y * 104729) % 251,
      (x * 31 + y * 17) % 256,
      0,
    ]);
    const { labels, count } = superpixels(noise, size, 10);

    const sizes = new Array(count).fill(0);
    for (const label of labels) sizes[label] += 1;
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 * 100 + 25);
  });

  test("end where colours do", () => {
    const size = { width: 40, height: 30 };
    const { labels, count } = superpixels(picture(40, 30, HALVES), size, 10);

    const sides = Array.from({ length: count }, () => new Set());
    for (const [at, label] of labels.entries()) sides[label].add(at % 40 < 21);
    for (const side of sides) expect(side.size).toBe(1);
  });

  test("hang together by their sides", () => {
    const size = { width: 40, height: 30 };
    const noisy = picture(40, 30, (x, y) => [
      ((x * 7919 + y * 104729) % 97) * 2,
      (x * y) % 200,
      50,
    ]);
    const { labels, count } = superpixels(noisy, size, 6);

    const seen = new Set();
    let pieces = 0;
    labels.forEach((label, start) => {
      if (seen.has(start)) return;
      pieces += 1;
      const stack = [start];
      seen.add(start);
      while (stack.length > 0) {
        const at = stack.pop();
        for (const to of [at - 40, at + 40, at % 40 ? at - 1 : -1, at % 40 < 39 ? at + 1 : -1]) {
          if (labels[to] !== label || seen.has(to)) continue;
          seen.add(to);
          stack.push(to);
        }
      }
    });
    expect(pieces).toBe(count);
  });
});

describe("masks of pieces", () => {
  const labels = Int32Array.from([0, 0, 1, 0, 2, 1, 2, 2, 1]); // 3 x 3

  test.each([
    ["none", [], 0, [0, 0, 0, 0]],
    ["one", [1], 3, [12, 5, 1, 3]],
    ["several", [0, 2], 6, [10, 5, 2, 3]],
    ["all", [0, 1, 2], 9, [10, 5, 3, 3]],
  ])("%s", (_name, numbers, pixels, box) => {
    const pieces = piecesOf({ x: 10, y: 5, width: 3, height: 3, step: 1 }, labels, 3);

    const mask = maskOfPieces(pieces, numbers, [20, 30]);

    expect(area(mask)).toBe(pixels);
    expect(bbox(mask)).toEqual(box);
  });

  test("of a coarse frame are whole pixels, cut at the border", () => {
    const pieces = piecesOf({ x: 0, y: 0, width: 3, height: 3, step: 4 }, labels, 3);

    expect(bbox(maskOfPieces(pieces, [1], [11, 11]))).toEqual([8, 0, 3, 11]);
  });

  test("borders run between pieces only", () => {
    expect([...bordersOf(labels, 3)]).toEqual([0, 1, 0, 1, 1, 0, 0, 1, 0]);
  });
});

describe("the live wire", () => {
  const size = { width: 40, height: 30 };

  test("costs least on edges, the most where there is none", () => {
    const costs = edgeCosts(picture(40, 30, HALVES), size);

    expect(costs[15 * 40 + 20]).toBe(1);
    expect(costs[15 * 40 + 21]).toBe(1);
    expect(costs[15 * 40 + 5]).toBe(64);
    expect(new Set(edgeCosts(picture(40, 30, GREY), size))).toEqual(new Set([64]));
  });

  test("every cell leads back to the seed, by ways no dearer than any other's", () => {
    const costs = Uint8Array.from({ length: 1200 }, (_, at) => 1 + ((at * 7919) % 64));
    const ways = waysFrom(costs, size, 615);
    const dear = bellman(costs, size, 615);

    for (let cell = 0; cell < 1200; cell += 1) {
      const way = wayTo(ways, 40, cell);
      expect(way[0]).toBe(615);
      expect(way.at(-1)).toBe(cell);
      expect(costOf(costs, way)).toBe(dear[cell]);
    }
  });

  test("goes along an edge, also round a corner", () => {
    const rgba = picture(40, 30, (x, y) => (x >= 10 && y >= 10 ? [220, 220, 220] : [30, 30, 30]));
    const costs = edgeCosts(rgba, size);
    const ways = waysFrom(costs, size, 28 * 40 + 10);

    const way = wayTo(ways, 40, 10 * 40 + 35);

    for (const cell of way) {
      const [x, y] = [cell % 40, Math.floor(cell / 40)];
      expect(Math.min(Math.abs(x - 9.5), Math.abs(y - 9.5))).toBeLessThanOrEqual(1.5);
    }
  });

  test("of one cell is that cell", () => {
    expect([...waysFrom(Uint8Array.of(5), { width: 1, height: 1 }, 0)]).toEqual([0]);
    expect(wayTo(Uint8Array.of(0), 1, 0)).toEqual([0]);
  });

  test("finds the strongest edge within reach, of equal ones the nearest", () => {
    const costs = edgeCosts(picture(40, 30, HALVES), size);

    expect(nearestEdge(costs, size, 15 * 40 + 17, 5)).toBe(15 * 40 + 20);
    expect(nearestEdge(costs, size, 15 * 40 + 5, 5)).toBe(15 * 40 + 5);
    expect(nearestEdge(costs, size, 0, 3)).toBe(0);
  });
});

function neighbours(cell) {
  const [x, y] = [cell % 40, Math.floor(cell / 40)];
  const found = [];
  for (let dy = -1; dy <= 1; dy += 1)
    for (let dx = -1; dx <= 1; dx += 1) {
      const [u, v] = [x + dx, y + dy];
      if ((dx || dy) && u >= 0 && v >= 0 && u < 40 && v < 30) found.push(v * 40 + u);
    }
  return found;
}

function stepCost(costs, from, to) {
  const isStraight = from % 40 === to % 40 || Math.floor(from / 40) === Math.floor(to / 40);
  return costs[to] * (isStraight ? 5 : 7);
}

function costOf(costs, way) {
  return way.slice(1).reduce((sum, cell, at) => sum + stepCost(costs, way[at], cell), 0);
}

/** The plain way to shortest paths, until nothing gets better. */
function bellman(costs, size, seed) {
  const totals = new Array(size.width * size.height).fill(Number.POSITIVE_INFINITY);
  totals[seed] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let cell = 0; cell < totals.length; cell += 1)
      for (const to of neighbours(cell)) {
        const total = totals[cell] + stepCost(costs, cell, to);
        if (total < totals[to]) {
          totals[to] = total;
          changed = true;
        }
      }
  }
  return totals;
}
