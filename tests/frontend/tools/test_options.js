import { expect, test } from "vitest";
import { createStore } from "../../../frontend/src/model/store.js";
import { optionValue, turnByKey, withOption } from "../../../frontend/src/tools/options.js";
import { TOOLS } from "../../../frontend/src/tools/registry.js";
import { IMAGE, key } from "./hand.js";

const RANGE = {
  kind: "range",
  name: "reach",
  words: "",
  title: "",
  first: 30,
  min: 0,
  max: 40,
  step: 2,
  unit: "",
};

test.each([
  ["]", { code: "BracketRight" }, 32],
  ["[", { code: "BracketLeft" }, 28],
  ["Shift+], stopped at the end", { code: "BracketRight", shift: true }, 40],
])("%s turns a range", (_name, parts, value) => {
  const store = createStore({ image: IMAGE });

  expect(turnByKey(store, RANGE, key("?", parts))).toBe(true);

  expect(optionValue(store.state.session, RANGE)).toBe(value);
});

test("other keys and Ctrl are somebody else's", () => {
  const store = createStore({ image: IMAGE });

  expect(turnByKey(store, RANGE, key("a", { code: "KeyA" }))).toBe(false);
  expect(turnByKey(store, RANGE, key("]", { code: "BracketRight", ctrl: true }))).toBe(false);
});

test("a value of another type, as from an older page, counts as untouched", () => {
  const store = createStore({ image: IMAGE });
  store.update(withOption(store.state.session, RANGE, "many"));

  expect(optionValue(store.state.session, RANGE)).toBe(30);
});

test("options of one name are the same option in every tool", () => {
  const known = new Map();
  for (const option of TOOLS.flatMap(({ options = [] }) => options)) {
    expect(known.get(option.name) ?? option).toBe(option);
    known.set(option.name, option);
  }
});
