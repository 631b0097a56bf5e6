import { expect, test } from "vitest";
import { outline } from "../../../frontend/src/geometry/contour.js";
import { fromBitmap } from "../../../frontend/src/geometry/rle.js";
import { thinned } from "../../../frontend/src/geometry/thinning.js";

/** The longest way from a point to a ring's lines. */
function distanceTo(ring, x, y) {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < ring.length; at += 2) {
    const [x0, y0] = [ring[at], ring[at + 1]];
    const [dx, dy] = [ring[(at + 2) % ring.length] - x0, ring[(at + 3) % ring.length] - y0];
    const length = dx * dx + dy * dy;
    const share = length ? Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / length, 0), 1) : 0;
    least = Math.min(least, Math.hypot(x - x0 - share * dx, y - y0 - share * dy));
  }
  return least;
}

/** A disc with a spike as thin as a pixel. */
function spikedDisc() {
  const [height, width] = [120, 200];
  const bits = Uint8Array.from({ length: height * width }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return Number((x - 60) ** 2 + (y - 60) ** 2 < 2500 || (y === 60 && x < 190));
  });
  return outline(fromBitmap(bits, [height, width]))[0];
}

test.each([0.35, 0.7, 1.4, 2.8])("a ring thinned by %f stays that near, both ways", (tolerance) => {
  const full = spikedDisc();

  const thin = thinned(full, tolerance);

  const stairs = Math.SQRT1_2; // from a corner to the middles of the steps beside it
  for (let at = 0; at < full.length; at += 2) {
    expect(distanceTo(thin, full[at], full[at + 1])).toBeLessThan(2 * tolerance + stairs);
  }
  for (let at = 0; at < thin.length; at += 2) {
    expect(distanceTo(full, thin[at], thin[at + 1])).toBeLessThanOrEqual(0.5);
  }
});

test("stairs become few lines, and a thin spike keeps its length", () => {
  const full = spikedDisc();

  const thin = thinned(full, 0.7);

  expect(thin.length).toBeLessThan(full.length / 5);
  expect(Math.max(...thin.filter((_, at) => at % 2 === 0))).toBeGreaterThan(189);
});

test("a rectangle keeps its four sides", () => {
  const [ring] = outline(fromBitmap(new Uint8Array(600).fill(1), [20, 30]));

  expect(thinned(ring, 0.7).length / 2).toBeLessThanOrEqual(9);
});
