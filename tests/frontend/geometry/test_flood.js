import { describe, expect, test } from "vitest";
import { alike } from "../../../frontend/src/geometry/flood.js";

const COLORS = { ".": [10, 10, 10], a: [20, 10, 10], b: [10, 10, 60], "#": [200, 200, 200] };

function flooded(rows, seed, parts = {}) {
  const size = { width: rows[0].length, height: rows.length };
  const rgba = Uint8ClampedArray.from(
    [...rows.join("")].flatMap((letter) => [...COLORS[letter], 255]),
  );
  const how = { tolerance: 0, spreads: true, ...parts, seed: seed[1] * size.width + seed[0] };
  const signs = Array.from(alike(rgba, size, how), (bit) => (bit ? "#" : "."));
  return rows.map((row, at) => signs.slice(at * row.length, (at + 1) * row.length).join(""));
}

const MAZE = ["..#...", "#.#.#.", "..#.#.", ".##.#.", "....#."];

describe("what is alike", () => {
  test.each([
    ["the whole of one colour", ["...", "..."], [1, 1], {}, ["###", "###"]],
    ["one pixel among others", ["###", "#.#", "###"], [1, 1], {}, ["...", ".#.", "..."]],
    ["touching the border", ["..#", "###"], [0, 0], {}, ["##.", "..."]],
    ["round a hole", ["...", ".#.", "..."], [0, 0], {}, ["###", "#.#", "###"]],
    ["not over corners", [".#", "#."], [0, 0], {}, ["#.", ".."]],
    [
      "everywhere, if it need not hang together",
      [".#", "#."],
      [0, 0],
      { spreads: false },
      ["#.", ".#"],
    ],
    ["a level off at a tolerance below", [".a."], [0, 0], { tolerance: 9 }, ["#.."]],
    ["a level off at the tolerance", [".a."], [0, 0], { tolerance: 10 }, ["###"]],
    ["any channel counts", [".b."], [0, 0], { tolerance: 49 }, ["#.."]],
    ["all of it at the widest", [".b#a"], [0, 0], { tolerance: 255 }, ["####"]],
    ["measured from the seed, not from pixel to pixel", [".a"], [1, 0], { tolerance: 5 }, [".#"]],
  ])("%s", (_name, rows, seed, parts, expected) => {
    expect(flooded(rows, seed, parts)).toEqual(expected);
  });

  test("follows a maze to its end", () => {
    const result = flooded(MAZE, [0, 0]);

    expect(result).toEqual(
      MAZE.map((row) => row.replaceAll(/[.#]/g, (sign) => (sign === "." ? "#" : "."))),
    );
  });

  test("never takes what is closed, not even the seed", () => {
    const closed = Uint8Array.from([0, 1, 0, 0]);

    expect(flooded(["...."], [0, 0], { closed, tolerance: 255 })).toEqual(["#..."]);
    expect(flooded(["...."], [1, 0], { closed, tolerance: 255 })).toEqual(["...."]);
    expect(flooded(["...."], [0, 0], { closed, spreads: false })).toEqual(["#.##"]);
  });
});
