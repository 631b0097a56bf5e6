import { expect, test } from "vitest";
import { savedWords } from "../../../frontend/src/panels/savedWords.js";
import { ago, counted, shortArea, shortScore } from "../../../frontend/src/panels/wording.js";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1.0k"],
  [9_949, "9.9k"],
  [9_950, "10k"],
  [123_456, "123k"],
  [999_499, "999k"],
  [999_500, "1.0M"],
  [12_340_000, "12.3M"],
])("%i pixels are %s", (pixels, words) => {
  expect(shortArea(pixels)).toBe(words);
});

test.each([
  [0, "just now"],
  [-5_000, "just now"], // a clock that was set back
  [3_000, "3 s ago"],
  [59_400, "59 s ago"],
  [60_000, "1 min ago"],
  [3_600_000, "1 h ago"],
])("%i ms are %s", (ms, words) => {
  expect(ago(1_000_000, 1_000_000 + ms)).toBe(words);
});

test.each([
  [null, ""],
  [0.5, ".50"],
  [0.996, "1.00"],
  [0, ".00"],
])("the score %s is %j", (score, words) => {
  expect(shortScore(score)).toBe(words);
});

test("one thing is singular", () => {
  expect([0, 1, 2, 1234].map((count) => counted(count, "object"))).toEqual([
    "0 objects",
    "1 object",
    "2 objects",
    "1,234 objects",
  ]);
});

const CALM = {
  unsent: 0,
  conflicts: [],
  failed: [],
  problem: null,
  durable: true,
  storageProblem: "",
  savedAt: null,
};
const ROW = { problem: { code: "bad_mask", detail: "Too long.", status: 400 } };

test.each([
  ["nothing happened yet", {}, "All saved", ""],
  ["saved", { savedAt: 7_000 }, "Saved 3 s ago", ""],
  ["on the way", { unsent: 2, savedAt: 7_000 }, "2 unsent", ""],
  [
    "offline",
    { unsent: 2, problem: { code: "offline", detail: "The server cannot be reached.", status: 0 } },
    "2 unsent",
    "waiting",
  ],
  ["refused", { unsent: 2, failed: [ROW] }, "1 not saved", "trouble"],
  [
    "a conflict before all else",
    { unsent: 3, failed: [ROW], conflicts: [ROW, ROW] },
    "2 conflicts",
    "trouble",
  ],
])("the saved state: %s", (_, parts, words, kind) => {
  expect(savedWords({ ...CALM, ...parts }, 10_000)).toMatchObject({ words, kind });
});
