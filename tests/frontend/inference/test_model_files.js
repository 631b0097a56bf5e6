import { describe, expect, test } from "vitest";
import { fromHalves } from "../../../frontend/src/inference/halves.js";
import { factsOf, UnreadableModel } from "../../../frontend/src/inference/onnxFacts.js";

const text = (words) => [...new TextEncoder().encode(words)];
const field = (number, part) => [(number << 3) | 2, part.length, ...part];
const pair = (key, value) => field(14, [...field(1, text(key)), ...field(2, text(value))]);

describe("what a model says about itself", () => {
  test("is found beside numbers and the graph", () => {
    const graph = [(7 << 3) | 2, 0x80 | 44, 1, ...new Uint8Array(172)];
    const bytes = Uint8Array.from([
      8,
      9,
      ...graph,
      ...pair("segmenter", "sam_nano"),
      ...pair("side", "512"),
    ]);

    expect(factsOf(bytes)).toEqual({ segmenter: "sam_nano", side: "512" });
  });

  test.each([
    ["breaks off", [(7 << 3) | 2, 100, 1]],
    ["is no model", text("<!doctype html>")],
  ])("cannot be read from a file that %s", (_name, bytes) => {
    expect(() => factsOf(Uint8Array.from(bytes))).toThrow(UnreadableModel);
  });
});

test.each([
  [0x0000, 0],
  [0x3c00, 1],
  [0xc000, -2],
  [0x3555, 0.333251953125],
  [0x7bff, 65504],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
])("the half %i is %f", (half, number) => {
  expect([...fromHalves(Uint16Array.of(half).buffer)]).toEqual([number]);
});
