// Typing to find a label: the best match first, and the arrows choose another.
import { expect, test } from "vitest";
import { matchingLabels, movedPick } from "../../../frontend/src/panels/labelSearch.js";

const LABELS = /** @type {any} */ (
  ["bear", "polar bear", "teddybear", "car", "Beagle"].map((name, id) => ({
    id,
    name,
    supercategory: name === "car" ? "bearing" : "",
  }))
);

test.each([
  ["bea", ["bear", "Beagle", "polar bear", "teddybear", "car"]],
  ["BEAR", ["bear", "polar bear", "teddybear", "car"]],
  ["polar", ["polar bear"]],
  ["zebra", []],
  [" ", ["bear", "polar bear", "teddybear", "car", "Beagle"]],
])("%o", (search, names) => {
  expect(matchingLabels(LABELS, search).map(({ name }) => name)).toEqual(names);
});

test.each([
  ["ArrowDown", 0, 3, 1],
  ["ArrowDown", 2, 3, 0],
  ["ArrowUp", 0, 3, 2],
  ["ArrowDown", 7, 3, 0],
  ["ArrowUp", 0, 0, null],
  ["a", 1, 3, null],
])("%s from %i of %i", (key, pick, count, next) => {
  expect(movedPick(key, pick, count)).toBe(next);
});
