import { expect, test } from "vitest";
import { outline } from "../../../frontend/src/geometry/contour.js";
import { fromBitmap } from "../../../frontend/src/geometry/rle.js";

function maskOf(rows) {
  const bits = Uint8Array.from(rows.join(""), (letter) => Number(letter === "#"));
  return fromBitmap(bits, [rows.length, rows[0].length]);
}

/** Numbers from 0 to 1, the same in every run. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
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
  const rings = outline(maskOf(rows));
  const pixels = rows.join("").split("#").length - 1;

  expect(rings.length).toBe(count);
  expect(rings.reduce((sum, ring) => sum + signedArea(ring), 0)).toBe(pixels);
});

test("a rectangle has four corners", () => {
  expect(outline(maskOf(["....", ".##.", ".##.", "...."]))[0]).toHaveLength(8);
});

test("an outline lies where the mask lies", () => {
  const bits = new Uint8Array(20);
  bits[13] = 1;

  const [ring] = outline(fromBitmap(bits, [4, 5]));

  const corners = ring.map((value, at) => (at % 2 ? null : `${value},${ring[at + 1]}`));
  expect(new Set(corners.filter(Boolean))).toEqual(new Set(["3,2", "4,2", "4,3", "3,3"]));
});

/** Pixels whose middle lies inside by the even-odd rule. */
function filled(rings, [height, width]) {
  const bits = new Uint8Array(height * width);
  for (const ring of rings) {
    for (let at = 0; at < ring.length; at += 2) {
      const [x0, y0] = [ring[at], ring[at + 1]];
      const [x1, y1] = [ring[(at + 2) % ring.length], ring[(at + 3) % ring.length]];
      for (let y = 0; y < height; y += 1) {
        const middle = y + 0.5;
        if (y0 > middle === y1 > middle) continue;
        const crossing = x0 + ((middle - y0) / (y1 - y0)) * (x1 - x0);
        for (let x = Math.max(Math.ceil(crossing - 0.5), 0); x < width; x += 1)
          bits[y * width + x] ^= 1;
      }
    }
  }
  return bits;
}

test("random masks are what their rings enclose, each ring once around and without stops", () => {
  const random = seeded(5);
  for (let round = 0; round < 200; round += 1) {
    const size = [1 + Math.floor(random() * 9), 1 + Math.floor(random() * 9)];
    const share = random();
    const bits = Uint8Array.from({ length: size[0] * size[1] }, () => Number(random() < share));

    const rings = outline(fromBitmap(bits, size));

    expect(filled(rings, size)).toEqual(bits);
    for (const ring of rings) {
      for (let at = 0; at < ring.length; at += 2) {
        const next = (at + 2) % ring.length;
        const isAcross = ring[at] !== ring[next];
        expect(isAcross).not.toBe(ring[at + 1] !== ring[next + 1]); // along an axis, somewhere
        expect(isAcross).not.toBe(ring[next] !== ring[(next + 2) % ring.length]); // and turns there
      }
      expect(Math.abs(signedArea(ring))).toBeGreaterThan(0);
    }
  }
});

test("inside and outside are where they were: outer rings clockwise, holes the other way", () => {
  const areas = outline(maskOf(["####", "#..#", "####"])).map(signedArea);

  expect(areas.sort((a, b) => a - b)).toEqual([-2, 12]);
});
