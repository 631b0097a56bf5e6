import { expect, test } from "vitest";
import { coarsen, outline, outlinePatch } from "../../../frontend/src/geometry/contour.js";
import { fromBitmap } from "../../../frontend/src/geometry/rle.js";

function patchOf(rows) {
  return {
    x: 0,
    y: 0,
    width: rows[0].length,
    height: rows.length,
    bits: Uint8Array.from(rows.join(""), (letter) => Number(letter === "#")),
  };
}

/** Signed area by the shoelace formula; clockwise on the screen is positive. */
function signedArea(ring) {
  let sum = 0;
  for (let at = 0; at < ring.length; at += 2) {
    const [x0, y0] = [ring[at], ring[at + 1]];
    const [x1, y1] = [ring[(at + 2) % ring.length], ring[(at + 3) % ring.length]];
    sum += x0 * y1 - x1 * y0;
  }
  return sum / 2;
}

test.each([
  ["one pixel", ["#"], 1],
  ["a bar", ["####"], 1],
  ["touching corners keep apart", ["#.", ".#"], 2],
  ["other corners keep apart", [".#", "#."], 2],
  ["a hole has its own ring", ["###", "#.#", "###"], 2],
  ["an island in a hole", ["#####", "#...#", "#.#.#", "#...#", "#####"], 3],
  ["stairs", ["#..", "##.", "###"], 1],
  ["nothing", ["..", ".."], 0],
])("%s", (_name, rows, count) => {
  const rings = outlinePatch(patchOf(rows));
  const pixels = rows.join("").split("#").length - 1;

  expect(rings.length).toBe(count);
  expect(rings.reduce((sum, ring) => sum + signedArea(ring), 0)).toBe(pixels);
});

test("a rectangle has four corners", () => {
  expect(outlinePatch(patchOf(["....", ".##.", ".##.", "...."]))[0]).toHaveLength(8);
});

test("an outline lies where the mask lies", () => {
  const bits = new Uint8Array(20);
  bits[13] = 1;

  const [ring] = outline(fromBitmap(bits, [4, 5]));

  const corners = ring.map((value, at) => (at % 2 ? null : `${value},${ring[at + 1]}`));
  expect(new Set(corners.filter(Boolean))).toEqual(new Set(["3,2", "4,2", "4,3", "3,3"]));
});

test("a coarse ring has no two corners in one place after another", () => {
  expect(coarsen([0, 0, 1, 0, 1, 1, 9, 1, 9, 9, 0, 9], 4)).toEqual([0, 0, 8, 0, 8, 8, 0, 8]);
});
