import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => vi.resetModules());
afterEach(() => vi.unstubAllGlobals());

test.each([
  ["MacIntel", "⌘+Z", "Alt+Enter"],
  ["iPad", "⌘+Z", "Alt+Enter"],
  ["Linux x86_64", "Ctrl+Z", "Ctrl+Space"],
  ["Win32", "Ctrl+Z", "Ctrl+Space"],
])("on %s undo is %s and skip is %s", async (platform, undo, skip) => {
  vi.stubGlobal("navigator", { platform });

  const { keyWords } = await import("../../../frontend/src/keys/keyWords.js");
  const { keyOf } = await import("../../../frontend/src/keys/defaultMap.js");

  expect(keyWords(keyOf("undo"))).toBe(undo);
  expect(keyOf("skip")).toBe(skip);
});
