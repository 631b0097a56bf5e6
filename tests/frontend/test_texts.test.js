// Texts with and without a catalog: English is what stands in the source.
import { afterEach, expect, test, vi } from "vitest";
import { keyWords } from "../../frontend/src/keys/keyWords.js";
import { midSentence, number, t, tn } from "../../frontend/src/texts.js";

afterEach(() => vi.unstubAllGlobals());

test("without a catalog a text stays as it is written", () => {
  expect(t("Save")).toBe("Save");
  expect(t("{name} of {count}", { name: "bear", count: 3 })).toBe("bear of 3");
  expect(t("press {key}")).toBe("press {key}");
  expect(tn("{count} object", "{count} objects", 1)).toBe("1 object");
  expect(tn("{count} object", "{count} objects", 1200)).toBe("1,200 objects");
  expect(number(0.5, { minimumFractionDigits: 2 })).toBe("0.50");
  expect(midSentence("Add object")).toBe("add object");
});

test("a page's catalog is asked, and values go into what it answers", () => {
  vi.stubGlobal("django", {
    gettext: (text) => ({ "{name} of {count}": "{count}: {name}" })[text] ?? text,
    ngettext: (one, many, count) => (count === 1 ? `ein ${one}` : `viele ${many}`),
  });

  expect(t("{name} of {count}", { name: "Bär", count: 3 })).toBe("3: Bär");
  expect(t("Save")).toBe("Save");
  expect(tn("{count} object", "{count} objects", 1)).toBe("ein 1 object");
  expect(tn("{count} object", "{count} objects", 2)).toBe("viele 2 objects");
});

test("values are put in once, whatever they hold", () => {
  expect(t("{a} {b}", { a: "{b}", b: "$&" })).toBe("{b} $&");
});

test.each([
  ["Ctrl+Shift+Z", "Ctrl+Shift+Z"],
  ["Ctrl+ArrowRight", "Ctrl+→"],
  ["Ctrl++", "Ctrl++"],
  ["Delete", "Del"],
  ["[", "["],
])("the press %s is shown as %s", (press, shown) => {
  expect(keyWords(press)).toBe(shown);
});
