// What the keyboard cursor's live region says.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStore } from "../../../frontend/src/model/store.js";
import { CursorVoice, cursorWords } from "../../../frontend/src/panels/cursorVoice.js";
import { columns, IMAGE, object } from "../tools/hand.js";

const LABELS = [{ id: 1, number: 1, name: "bear" }];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function storeAt(x, y) {
  const objects = [
    object("a", columns(0, 5)),
    object("b", columns(10, 20), { z: 1 }),
    object("c", columns(18, 30), { z: 2, state: "suggested", source: "model" }),
    object("d", columns(33, 35), { z: 3, label: null }),
  ];
  const store = createStore({ image: IMAGE, labels: LABELS, objects });
  store.update({ keyCursor: { x: x + 0.5, y: y + 0.5 } });
  return store;
}

test("it names the place and the object seen there", () => {
  expect(cursorWords(storeAt(8, 3).state)).toBe("x 8, y 3");
  expect(cursorWords(storeAt(12, 3).state)).toBe("x 12, y 3, over bear 2");
  expect(cursorWords(storeAt(19, 3).state)).toBe("x 19, y 3, over bear 3, suggested");
  expect(cursorWords(storeAt(34, 3).state)).toBe("x 34, y 3, over object 1");

  const store = storeAt(19, 3);
  store.update({ hidden: new Set(["c"]), selection: ["b"], locked: new Set(["b"]) });
  expect(cursorWords(store.state)).toBe("x 19, y 3, over bear 2, locked, selected");
  store.update({ masksVisible: false, status: "score 0.93" });
  expect(cursorWords(store.state)).toBe("x 19, y 3. score 0.93");
  store.update({ keyCursor: null });
  expect(cursorWords(store.state)).toBe("");
});

test("it greets, waits for a held arrow to rest, and says good-bye", () => {
  const host = { dataset: {}, setAttribute: vi.fn(), textContent: "" };
  const voice = new CursorVoice(host);
  const store = storeAt(8, 3);
  expect(host.setAttribute).toHaveBeenCalledWith("aria-live", "polite");
  voice.update({ state: null });
  voice.update({ state: store.state });
  vi.runAllTimers();
  expect(host.textContent).toMatch(/^Keyboard cursor\. .*Escape leaves\. x 8, y 3$/);
  for (const x of [9, 10, 11]) {
    store.update({ keyCursor: { x: x + 0.5, y: 3.5 } });
    voice.update({ state: store.state });
    vi.advanceTimersByTime(50);
    expect(host.textContent).toMatch(/x 8, y 3$/);
  }
  vi.runAllTimers();
  expect(host.textContent).toBe("x 11, y 3, over bear 2");
  store.update({ keyCursor: null });
  voice.update({ state: store.state });
  vi.runAllTimers();
  expect(host.textContent).toBe("Keyboard cursor off");
});
