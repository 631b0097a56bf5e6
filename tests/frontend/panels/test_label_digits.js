import { expect, test } from "vitest";
import { activeLabels, digitsOf } from "../../../frontend/src/panels/labelDigits.js";

function labels(...hotkeys) {
  return hotkeys.map((hotkey, i) => ({ id: i + 1, hotkey, archived: false }));
}

test.each([
  ["none: in order", ["", "", ""], { 1: "1", 2: "2", 3: "3" }],
  [
    "their own stay, the others take what is free",
    ["2", "", "1", ""],
    { 1: "2", 2: "3", 3: "1", 4: "4" },
  ],
  [
    "the tenth has 0, the eleventh none",
    Array(11).fill(""),
    { 1: "1", 2: "2", 3: "3", 4: "4", 5: "5", 6: "6", 7: "7", 8: "8", 9: "9", 10: "0" },
  ],
  ["what is no digit counts as none", ["x"], { 1: "1" }],
])("digits of labels, %s", (_, hotkeys, digits) => {
  expect(Object.fromEntries(digitsOf(labels(...hotkeys)))).toEqual(digits);
});

test("an archived label is out of reach", () => {
  expect(
    activeLabels([
      { id: 1, archived: true },
      { id: 2, archived: false },
    ]),
  ).toEqual([{ id: 2, archived: false }]);
});
