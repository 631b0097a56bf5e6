import { describe, expect, test } from "vitest";
import { paintNew } from "../../../frontend/src/render/strokeTint.js";
import { toWord } from "../../../frontend/src/render/surface.js";

const COLOR = "#0072b2";
const WIDTH = 3;

function tintOf(bits) {
  return { bits: Uint8Array.from(bits), color: COLOR, words: new Uint32Array(bits.length) };
}

describe("a stroke's picture", () => {
  test("gets the colour where the stroke went and nothing elsewhere", () => {
    const tint = tintOf([0, 1, 0, 0, 0, 0, 1, 0, 0]);

    expect(paintNew(tint, WIDTH)).toEqual([0, 2]);
    expect([...tint.words].map((word) => word === toWord(COLOR))).toEqual(
      [...tint.bits].map(Boolean),
    );
  });

  test("is brought up to date only in rows that grew", () => {
    const tint = tintOf([1, 1, 0, 0, 0, 0, 0, 0, 0]);
    paintNew(tint, WIDTH);

    tint.bits[4] = 1;

    expect(paintNew(tint, WIDTH)).toEqual([1, 1]);
    expect(paintNew(tint, WIDTH)).toBe(null);
  });
});
