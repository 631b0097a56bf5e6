import { describe, expect, test } from "vitest";
import { outline } from "../../../frontend/src/geometry/contour.js";
import {
  insertKnot,
  knotted,
  moveKnot,
  nearestPlace,
  removeKnot,
  unknotted,
} from "../../../frontend/src/geometry/knots.js";
import { fillRings } from "../../../frontend/src/geometry/rings.js";
import { fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";

const SIZE = /** @type {const} */ ([40, 50]);

function disc(radius) {
  const bits = new Uint8Array(40 * 50);
  for (let y = 0; y < 40; y += 1)
    for (let x = 0; x < 50; x += 1)
      bits[y * 50 + x] = Number(Math.hypot(x - 24.5, y - 19.5) <= radius);
  return fromBitmap(bits, SIZE);
}

const ringOfDisc = (radius) => outline(disc(radius))[0];
const filled = (knots) => toBitmap(fillRings([unknotted(knots)], SIZE));

describe.each([
  ["one pixel", 0.8],
  ["small", 4],
  ["large", 18],
  ["touching the border", 30],
])("a ring: %s", (_name, radius) => {
  test.each([0.5, 1, 3, 100])("keeps every pixel whatever the tolerance (%d)", (tolerance) => {
    const ring = ringOfDisc(radius);

    const knots = knotted(ring, tolerance);

    expect(knots.length).toBeGreaterThanOrEqual(3);
    expect(filled(knots)).toEqual(toBitmap(disc(radius)));
  });
});

test("a coarser tolerance leaves fewer knots", () => {
  const counts = [0.5, 1, 2].map((tolerance) => knotted(ringOfDisc(18), tolerance).length);

  expect(counts[0]).toBeGreaterThan(counts[1]);
  expect(counts[1]).toBeGreaterThan(counts[2]);
});

test("a moved knot changes nothing beyond its neighbours", () => {
  const knots = knotted(ringOfDisc(18), 1);
  const index = 4;
  const moved = moveKnot(knots, index, { x: 24.5, y: 19.5 });
  const before = filled(knots);
  const after = filled(moved);

  const xs = [-1, 0, 1].map((step) => knots[index + step].at.x).concat(24.5);
  const ys = [-1, 0, 1].map((step) => knots[index + step].at.y).concat(19.5);
  let changed = 0;
  for (let at = 0; at < before.length; at += 1) {
    if (before[at] === after[at]) continue;
    changed += 1;
    expect(at % 50).toBeGreaterThanOrEqual(Math.min(...xs) - 1);
    expect(at % 50).toBeLessThanOrEqual(Math.max(...xs) + 1);
    expect(Math.floor(at / 50)).toBeGreaterThanOrEqual(Math.min(...ys) - 1);
    expect(Math.floor(at / 50)).toBeLessThanOrEqual(Math.max(...ys) + 1);
  }
  expect(changed).toBeGreaterThan(10);
  expect(moved[7]).toBe(knots[7]);
});

test("a knot more leaves the ring as it is, one less makes it straight there", () => {
  const knots = knotted(ringOfDisc(18), 2);
  const place = nearestPlace(knots, { x: 24.5, y: 0 });

  const more = insertKnot(knots, place);
  const less = removeKnot(more, place.knot + 1);

  expect(place.at.y).toBeCloseTo(2, 0);
  expect(more).toHaveLength(knots.length + 1);
  expect(filled(more)).toEqual(filled(knots));
  expect(less).toHaveLength(knots.length);
  expect(less[place.knot].way).toEqual([]);
});

test("the last three knots cannot be fewer", () => {
  expect(removeKnot(knotted(ringOfDisc(18), 100), 0)).toBeNull();
});
