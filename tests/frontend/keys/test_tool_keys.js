import { describe, expect, test } from "vitest";
import { clashes, DEFAULT_MAP } from "../../../frontend/src/keys/defaultMap.js";
import { remapped } from "../../../frontend/src/keys/remap.js";
import { factsOf, heardByTools, keyOfTools } from "../../../frontend/src/keys/toolKeys.js";

/** @param {string} words @param {import("../../../frontend/src/keys/remap.js").KeyChanges} [changes] */
function heard(words, changes = {}) {
  const facts = heardByTools(remapped(DEFAULT_MAP, changes), factsOf(words));
  return facts && [facts.key, facts.code, facts.shiftKey];
}

describe("what a tool hears of a press", () => {
  test.each([
    ["Enter", ["Enter", "Enter", false]],
    ["Backspace", ["Backspace", "Backspace", false]],
    ["Delete", ["Delete", "Delete", false]],
    ["Tab", ["Tab", "Tab", false]],
    ["Shift+Tab", ["Tab", "Tab", true]],
    ["Z", ["Z", "KeyZ", false]],
    ["N", ["N", "KeyN", false]],
    ["[", ["[", "BracketLeft", false]],
    ["Shift+]", ["]", "BracketRight", true]],
    ["ArrowLeft", ["ArrowLeft", "ArrowLeft", false]],
    ["Shift+Enter", ["Enter", "Enter", true]],
  ])("by the default map, of %s", (words, expected) => {
    expect(heard(words)).toEqual(expected);
  });

  test("a deed's other key is heard as the deed, and its former key as nothing", () => {
    const changes = { accept: ["K"], brushSmaller: [","], another: ["Shift+K"] };

    expect(heard("K", changes)).toEqual(["Enter", "Enter", false]);
    expect(heard(",", changes)).toEqual(["[", "BracketLeft", false]);
    expect(heard("Shift+K", changes)).toEqual(["Tab", "Tab", false]);
    expect([heard("Enter", changes), heard("[", changes), heard("Tab", changes)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(heard("]", changes)).toEqual(["]", "BracketRight", false]);
  });

  test("a key that another command took is no tool's any more", () => {
    const changes = { hide: ["Z"] };

    expect(heard("Z", changes)).toBeNull();
    expect(clashes(remapped(DEFAULT_MAP, changes))).toEqual([]);
  });

  test("lists of tools show the keys of the map in force", () => {
    const map = remapped(DEFAULT_MAP, { accept: ["K"], lookCloser: [] });

    expect(["Enter", "Z", "Click", "Tab"].map((key) => keyOfTools(map, key))).toEqual([
      "K",
      "",
      "Click",
      "Tab",
    ]);
  });
});
