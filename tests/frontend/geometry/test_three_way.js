import { describe, expect, test } from "vitest";
import { area, fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { mergeChanges, piecesTouching } from "../../../frontend/src/geometry/threeWay.js";

function mask(...rows) {
  const bits = Uint8Array.from(rows.join(""), (sign) => (sign === "#" ? 1 : 0));
  return fromBitmap(bits, [rows.length, rows[0].length]);
}

function drawn({ size: [height, width] }, bits) {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (bits[y * width + x] ? "#" : ".")).join(""),
  );
}

const show = (rle) => drawn(rle, toBitmap(rle));

describe("changes of two sides", () => {
  test.each([
    [
      "apart: both are in",
      ["..##...", "..##..."],
      ["####...", "..##..."],
      ["..##..#", "..##..#"],
      ["####..#", "..##..#"],
      0,
    ],
    ["one adds, the other takes away", ["####..."], ["##....."], ["####..#"], ["##....#"], 0],
    [
      "that touch by a corner: mine",
      ["...", "..."],
      ["#..", "..."],
      ["...", ".##"],
      ["#..", "..."],
      2,
    ],
    ["that are the same: no dispute", ["..."], ["##."], ["##."], ["##."], 0],
    ["mine none: theirs", ["#.."], ["#.."], ["..#"], ["..#"], 0],
    ["theirs none: mine", ["#.."], ["##."], ["#.."], ["##."], 0],
    [
      "theirs has a piece that touches and one that does not",
      ["......."],
      ["#......"],
      [".#....#"],
      ["#.....#"],
      1,
    ],
  ])("%s", (_, base, mine, theirs, merged, disputed) => {
    const made = mergeChanges(mask(...base), mask(...mine), mask(...theirs));

    expect(show(made.rle)).toEqual(merged);
    expect(area(made.disputed)).toBe(disputed);
  });
});

test("pieces are found as a flood over single pixels finds them", () => {
  const [height, width] = [23, 31];
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let round = 0; round < 60; round += 1) {
    const density = 0.1 + 0.5 * random();
    const bits = Uint8Array.from({ length: height * width }, () => (random() < density ? 1 : 0));
    const other = Uint8Array.from({ length: height * width }, () => (random() < 0.02 ? 1 : 0));
    const size = /** @type {[number, number]} */ ([height, width]);

    const found = piecesTouching(fromBitmap(bits, size), fromBitmap(other, size));

    expect(toBitmap(found)).toEqual(flooded(bits, other, size));
  }
});

/** The same by brute force: a flood that starts at every pixel at or beside the other mask. */
function flooded(bits, other, [height, width]) {
  const around = (at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const cells = [];
    for (let v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v += 1)
      for (let u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u += 1)
        cells.push(v * width + u);
    return cells;
  };
  const found = new Uint8Array(bits.length);
  const open = [];
  bits.forEach((bit, at) => {
    if (bit && around(at).some((cell) => other[cell])) open.push(at);
  });
  while (open.length > 0) {
    const at = open.pop();
    if (found[at]) continue;
    found[at] = 1;
    for (const cell of around(at)) if (bits[cell] && !found[cell]) open.push(cell);
  }
  return found;
}
