import { describe, expect, test } from "vitest";
import { clashes, DEFAULT_MAP, GESTURES, keyOf } from "../../../frontend/src/keys/defaultMap.js";
import { createDispatcher } from "../../../frontend/src/keys/dispatcher.js";
import { TOOLS } from "../../../frontend/src/tools/registry.js";

const MAP = [
  { command: "next", keys: ["F", "Ctrl+ArrowRight"], words: "", group: "" },
  { command: "accept", keys: ["Enter"], words: "", group: "" },
  { command: "undo", keys: ["Ctrl+Z"], words: "", group: "", repeats: true },
];

function element(tagName, attributes = {}) {
  return { tagName, getAttribute: (name) => attributes[name] ?? null };
}

function press(key, { target = element("BODY"), ...more } = {}) {
  let isPrevented = false;
  const facts = {
    key,
    code: `Key${key.toUpperCase()}`,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    repeat: false,
    isComposing: false,
  };
  return {
    ...facts,
    target,
    preventDefault: () => (isPrevented = true),
    get isPrevented() {
      return isPrevented;
    },
    ...more,
  };
}

function dispatcher(answer = true) {
  const ran = [];
  const dispatch = createDispatcher(MAP, (command) => {
    ran.push(command);
    return answer;
  });
  return { ran, dispatch };
}

test("a press of the map runs its command and keeps the browser from its own", () => {
  const { ran, dispatch } = dispatcher();
  const event = press("f");

  expect(dispatch(event)).toBe(true);
  expect(ran).toEqual(["next"]);
  expect(event.isPrevented).toBe(true);
});

test("a command with nothing to do leaves the key to the browser", () => {
  const { dispatch } = dispatcher(false);
  const event = press("f");

  expect(dispatch(event)).toBe(false);
  expect(event.isPrevented).toBe(false);
});

test.each([
  ["a press that is not in the map", press("y")],
  ["the browser's own with Ctrl", press("f", { ctrlKey: true })],
])("%s is left alone", (_, event) => {
  const { ran, dispatch } = dispatcher();

  expect(dispatch(event)).toBe(false);
  expect(ran).toEqual([]);
});

describe("typing is text", () => {
  test.each([
    ["a text field", element("INPUT")],
    ["a search field", element("INPUT", { type: "search" })],
    ["a text area", element("TEXTAREA")],
    ["a list", element("SELECT")],
    ["an editable element", element("DIV", { contenteditable: "true" })],
  ])("in %s", (_, target) => {
    const { ran, dispatch } = dispatcher();

    dispatch(press("f", { target }));
    expect(ran).toEqual([]);
  });

  test("and in the middle of a composed letter", () => {
    const { ran, dispatch } = dispatcher();

    dispatch(press("f", { isComposing: true }));
    expect(ran).toEqual([]);
  });
});

test("a focused button keeps Enter, a slider keeps its letters to the page", () => {
  const { ran, dispatch } = dispatcher();

  dispatch(press("Enter", { target: element("BUTTON") }));
  expect(ran).toEqual([]);
  dispatch(press("f", { target: element("INPUT", { type: "range" }) }));
  expect(ran).toEqual(["next"]);
});

test("a held key repeats only what is meant to repeat", () => {
  const { ran, dispatch } = dispatcher();

  expect(dispatch(press("f", { repeat: true }))).toBe(true);
  dispatch(press("z", { ctrlKey: true, repeat: true }));
  expect(ran).toEqual(["undo"]);
});

test("a held Tab that no tool wants goes on through the page", () => {
  const dispatch = createDispatcher(DEFAULT_MAP, () => false);
  expect(dispatch(press("Tab", { repeat: true }))).toBe(false);
});

describe("the default map", () => {
  test("runs one command a press, and none that a tool's letter takes", () => {
    expect(clashes(DEFAULT_MAP)).toEqual([]);
    const letters = new Set(DEFAULT_MAP.flatMap(({ keys }) => keys));
    expect(TOOLS.map(({ hotkey }) => hotkey).filter((letter) => letters.has(letter))).toEqual([]);
  });

  test("does not switch browser tabs, close windows or reload", () => {
    const taken = /^(Ctrl\+(\d|W|T|N|R|L|P|F)|F5|F12|Alt\+F4)$/;
    expect(DEFAULT_MAP.flatMap(({ keys }) => keys).filter((key) => taken.test(key))).toEqual([]);
  });

  test("a clash is found", () => {
    expect(
      clashes([
        { command: "a", keys: ["B"] },
        { command: "b", keys: ["C", "B"] },
      ]),
    ).toEqual([["a", "b"]]);
  });

  test("every line of the overlay has words and a group", () => {
    for (const line of [...DEFAULT_MAP, ...GESTURES]) expect(line.words && line.group).toBeTruthy();
    for (const line of [...GESTURES, ...TOOLS.flatMap(({ gestures = [] }) => gestures)])
      expect(line.words && line.keys.length).toBeTruthy();
    expect(keyOf("submit")).toBe("Ctrl+Enter");
  });
});
