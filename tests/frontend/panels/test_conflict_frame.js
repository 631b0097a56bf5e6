import { expect, test } from "vitest";
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { frameAround } from "../../../frontend/src/panels/conflictFrame.js";

const SIZE = [100, 200];

/** One pixel. */
function dot(x, y) {
  const before = x * SIZE[0] + y;
  return fromRuns([before, 1, SIZE[0] * SIZE[1] - before - 1], SIZE);
}

test.each([
  ["one small object, with a margin", [dot(100, 50), null], [84, 34, 33, 33]],
  ["both versions", [dot(100, 50), dot(140, 50)], [84, 34, 73, 33]],
  ["nothing beyond the image", [dot(0, 0), null], [0, 0, 17, 17]],
  ["the whole image if neither has a pixel", [null, fromRuns([20_000], SIZE)], [0, 0, 200, 100]],
])("the frame holds %s", (_, versions, frame) => {
  expect(frameAround(versions, SIZE)).toEqual(frame);
});
