import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clashes, DEFAULT_MAP, keyOf } from "../../../frontend/src/keys/defaultMap.js";
import {
  changesFrom,
  readChanges,
  remapped,
  rivals,
  storedChanges,
  whyTaken,
  wordsOf,
} from "../../../frontend/src/keys/remap.js";
import { fullMap } from "../../../frontend/src/pages/keyMaps.js";

const PRESETS = ["cvat", "label_studio", "labelimg"];

/** @param {string} name */
function preset(name) {
  const path = new URL(`../../../frontend/src/keys/presets/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8"));
}

/** @param {Partial<KeyboardEvent>} facts */
function press(facts) {
  return {
    key: "",
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...facts,
  };
}

describe("a map of one's own", () => {
  it("takes a press away from the command that had it", () => {
    const map = remapped(DEFAULT_MAP, { submit: ["F"] });

    expect(keyOf("submit", map)).toBe("F");
    expect(map.find(({ command }) => command === "nextImage")?.keys).toEqual(["Ctrl+ArrowRight"]);
    expect(clashes(map)).toEqual([]);
    expect(keyOf("nextImage")).toBe("F");
  });

  it("is stored as what differs, and comes back the same", () => {
    const map = remapped(DEFAULT_MAP, { submit: ["F", "Ctrl+Enter"], peek: [] });

    const stored = storedChanges(changesFrom(DEFAULT_MAP, map));

    expect(stored).toEqual({
      submit: "F Ctrl+Enter",
      nextImage: "Ctrl+ArrowRight",
      peek: "none",
    });
    expect(remapped(DEFAULT_MAP, readChanges(stored))).toEqual(map);
  });

  it("leaves out what is no change", () => {
    expect(readChanges({ a: "B", c: 3, d: null })).toEqual({ a: ["B"] });
    expect(readChanges("nonsense")).toEqual({});
  });

  it("names whom a press would be taken from", () => {
    expect(rivals(DEFAULT_MAP, "Ctrl+S", "submit").map(({ command }) => command)).toEqual([
      "tellSaved",
    ]);
    expect(rivals(DEFAULT_MAP, "Ctrl+S", "tellSaved")).toEqual([]);
  });
});

describe("presets", () => {
  it.each(PRESETS)("%s names commands that there are, and no press twice", (name) => {
    const { title, keys } = preset(name);
    const commands = new Set(fullMap().map(({ command }) => command));

    expect(title).toBeTruthy();
    for (const [command, given] of Object.entries(keys)) {
      expect(commands).toContain(command);
      for (const key of /** @type {string[]} */ (given)) expect(whyTaken(key)).toBe("");
    }
    expect(clashes(remapped(fullMap(), keys))).toEqual([]);
  });

  it("labelImg goes on with D and back with A", () => {
    const map = remapped(fullMap(), preset("labelimg").keys);

    expect([keyOf("nextImage", map), keyOf("previousImage", map)]).toEqual(["D", "A"]);
  });
});

describe("a press in words", () => {
  it.each([
    [press({ key: "b", code: "KeyB" }), "B"],
    [press({ key: "B", code: "KeyB", shiftKey: true }), "Shift+B"],
    [press({ key: "z", code: "KeyZ", ctrlKey: true, shiftKey: true }), "Ctrl+Shift+Z"],
    [press({ key: "&", code: "Digit1" }), "1"],
    [press({ key: "!", code: "Digit1", shiftKey: true }), "Shift+1"],
    [press({ key: "?", code: "Slash", shiftKey: true }), "?"],
    [press({ key: " ", code: "Space", ctrlKey: true }), "Ctrl+Space"],
    [press({ key: "{", code: "BracketLeft", shiftKey: true }), "Shift+["],
    [press({ key: "ф", code: "KeyA" }), "A"],
    [press({ key: "PageUp", code: "PageUp", altKey: true }), "Alt+PageUp"],
    [press({ key: "Shift", code: "ShiftLeft", shiftKey: true }), ""],
  ])("%o", (event, words) => {
    expect(wordsOf(event)).toBe(words);
  });

  it.each(["Space", "ArrowUp", "Shift+ArrowLeft"])("%s stays the picture's", (words) => {
    expect(whyTaken(words)).not.toBe("");
  });

  it.each(["Shift+Space", "Ctrl+Space", "Ctrl+ArrowUp"])("%s can be given", (words) => {
    expect(whyTaken(words)).toBe("");
  });

  it.each(["Ctrl+T", "Ctrl+Shift+N", "Ctrl+3", "F5", "Tab", "Escape", "Ctrl+Shift+I"])(
    "%s stays the browser's",
    (words) => {
      expect(whyTaken(words)).not.toBe("");
    },
  );

  it.each(["Ctrl+B", "F", "Alt+M", "Ctrl+Enter"])("%s may be the editor's", (words) => {
    expect(whyTaken(words)).toBe("");
  });
});
