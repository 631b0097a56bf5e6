import { describe, expect, test } from "vitest";
import { matches, parsePress } from "../../../frontend/src/keys/press.js";

function event(key, code, modifiers = "") {
  return {
    key,
    code,
    ctrlKey: modifiers.includes("ctrl"),
    metaKey: modifiers.includes("meta"),
    altKey: modifiers.includes("alt"),
    shiftKey: modifiers.includes("shift"),
  };
}

describe("a press is met by", () => {
  test.each([
    ["B", event("b", "KeyB")],
    ["B", event("B", "KeyB")], // caps lock
    ["A", event("a", "KeyQ")], // AZERTY: the letter counts, not the place
    ["B", event("и", "KeyB")], // Cyrillic: the place, since there is no Latin letter
    ["Ctrl+Z", event("z", "KeyZ", "ctrl")],
    ["Ctrl+Z", event("z", "KeyZ", "meta")], // Cmd
    ["Ctrl+Shift+Z", event("Z", "KeyZ", "ctrl shift")],
    ["1", event("&", "Digit1")], // AZERTY digits without Shift
    ["1", event("1", "Numpad1")],
    ["Shift+1", event("!", "Digit1", "shift")],
    ["[", event("ü", "BracketLeft")], // QWERTZ
    ["Shift+]", event("}", "BracketRight", "shift")],
    ["\\", event("#", "Backslash")],
    ["?", event("?", "Slash", "shift")],
    ["/", event("/", "Digit7", "shift")], // QWERTZ: the sign is behind Shift
    ["Ctrl+=", event("=", "Equal", "ctrl")],
    ["Ctrl+-", event("-", "Minus", "ctrl")],
    ["Enter", event("Enter", "Enter")],
    ["Ctrl+ArrowRight", event("ArrowRight", "ArrowRight", "ctrl")],
  ])("%s", (words, facts) => {
    expect(matches(parsePress(words), facts)).toBe(true);
  });
});

describe("a press is not met by", () => {
  test.each([
    ["B", event("b", "KeyB", "ctrl")],
    ["B", event("B", "KeyB", "shift")],
    ["Ctrl+Z", event("Z", "KeyZ", "ctrl shift")],
    ["1", event("!", "Digit1", "shift")],
    ["1", event("End", "Numpad1")], // num lock is off
    ["1", event("1", "Digit1", "ctrl")], // the browser's tabs
    ["C", event("c", "KeyC", "alt")],
    ["Q", event("a", "KeyQ")],
    [
      "8",
      {
        ...event("[", "Digit8"),
        getModifierState: (/** @type {string} */ name) => name === "AltGraph",
      },
    ], // QWERTZ
  ])("%s", (words, facts) => {
    expect(matches(parsePress(words), facts)).toBe(false);
  });
});
