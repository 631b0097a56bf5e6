import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { frameOf } from "../../../frontend/src/geometry/lowRes.js";
import { logitsOf } from "../../../frontend/src/geometry/maskLogits.js";
import { fromRuns, parse } from "../../../frontend/src/geometry/rle.js";

const cases = JSON.parse(
  readFileSync(new URL("../../data/mask_logits_cases.json", import.meta.url), "utf-8"),
);

test.each(cases.map((each) => [each.name, each]))("a mask of an image %s", (_name, each) => {
  const frame = frameOf(each.size, each.side);

  const logits = logitsOf(parse(each.mask, each.size), frame, each.low_side);

  expect(logits).toHaveLength(each.logits.length);
  const apart = each.logits.map((expected, index) => Math.abs(expected - logits[index]));
  expect(Math.max(...apart)).toBeLessThan(0.02);
});

test("an empty mask says no everywhere", () => {
  const logits = logitsOf(fromRuns([600], [20, 30]), frameOf([20, 30], 64), 16);

  expect(Math.max(...logits)).toBeLessThan(-6);
});
