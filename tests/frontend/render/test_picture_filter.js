import { expect, test } from "vitest";
import { AS_IT_IS } from "../../../frontend/src/model/pictureLook.js";
import { channelMatrix, filterOf } from "../../../frontend/src/render/pictureFilter.js";

test.each([
  [{}, ""],
  [{ brightness: 1.5, contrast: 0.8 }, "brightness(1.5) contrast(0.8)"],
  [{ invert: true }, "invert(1)"],
  [{ gamma: 2, invert: true }, "url(#f) invert(1)"],
  [{ channel: "red", brightness: 2 }, "url(#f) brightness(2)"],
])("%o as a filter", (part, expected) => {
  expect(filterOf({ ...AS_IT_IS, ...part }, "f")).toBe(expected);
});

test("a channel's matrix shows it as grey and leaves alpha alone", () => {
  expect(channelMatrix("green")).toBe("0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 0 0 1 0");
  expect(channelMatrix("all")).toBe("1 0 0 0 0 0 1 0 0 0 0 0 1 0 0 0 0 0 1 0");
});
