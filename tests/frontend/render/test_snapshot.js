import { describe, expect, test } from "vitest";
import { Snapshot } from "../../../frontend/src/render/snapshot.js";

const STAGE = { width: 1000, height: 600 };
const FROM = { scale: 1, x: 0, y: 0 };

describe("a picture of one view serves for another", () => {
  test.each([
    ["a short pan", { scale: 1, x: 300, y: -100 }, true],
    ["a pan so far that the middle is new", { scale: 1, x: 600, y: 0 }, false],
    ["a pan up so far", { scale: 1, x: 0, y: -400 }, false],
    ["a zoom step", { scale: 1.5, x: -250, y: -150 }, true],
    ["a zoom far in", { scale: 2.5, x: -500, y: -300 }, false],
    ["a zoom far out", { scale: 0.4, x: 300, y: 200 }, false],
  ])("%s: %o %s", (_, to, serves) => {
    expect(Snapshot.serves(FROM, to, STAGE)).toBe(serves);
  });
});
