// The keyboard cursor: the tools get samples as from a mouse, by keys alone.
import { beforeEach, describe, expect, test } from "vitest";
import { area, contains } from "../../../frontend/src/geometry/rle.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { attachStage } from "../../../frontend/src/tools/stage.js";
import { columns, IMAGE, object } from "./hand.js";

class StageElement extends EventTarget {
  style = {};
  focus() {
    this.dispatchEvent(new Event("focus"));
  }
}

let asked;
let element;
let store;
let stage;

beforeEach(() => {
  asked = [];
  element = new StageElement();
  store = createStore({ image: IMAGE, objects: [object("a", columns(10, 20))] });
  store.update({ stage: { width: 40, height: 30 }, brushSize: 1, label: 1 });
  const predict = async (prompt) => {
    asked.push(prompt);
    const facts = { score: 0.9, stability: 0.9, logits: null, model: "m" };
    return [{ rle: columns(30, 35), ...facts }];
  };
  stage = attachStage(element, store, { predict, notify: () => {} });
});

const CODES = { " ": "Space" };
const event = (key, parts) => ({
  key,
  code: CODES[key] ?? key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  repeat: false,
  preventDefault() {},
  ...parts,
});

function press(key, times = 1, parts = {}) {
  let taken = false;
  for (let turn = 0; turn < times; turn += 1) taken = stage.handleKey(event(key, parts));
  return taken;
}

function tap(key, parts = {}) {
  press(key, 1, parts);
  stage.handleKeyUp(event(key, parts));
}

const cursor = () => store.state.session.keyCursor;
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe("where it is", () => {
  test("it begins in the middle of what is seen, or where the pointer is", () => {
    stage.toggleKeyCursor();
    expect(cursor()).toEqual({ x: 20.5, y: 15.5 });
    stage.toggleKeyCursor();
    expect(cursor()).toBe(null);

    store.update({ pointer: { x: 3.2, y: 4.9 } });
    stage.toggleKeyCursor();
    expect(cursor()).toEqual({ x: 3.5, y: 4.5 });
  });

  test("the browser keeps its way back and forward", () => {
    stage.toggleKeyCursor();
    const before = cursor();

    expect(press("ArrowLeft", 1, { altKey: true })).toBe(false);
    expect(press("ArrowRight", 1, { altKey: true })).toBe(false);
    expect(press("ArrowUp", 1, { altKey: true })).toBe(true);
    expect(cursor()).toEqual({ x: before.x, y: before.y - 1 });
  });

  test("arrows go by a pixel, with Shift by ten, and end at the picture's edge", () => {
    stage.toggleKeyCursor();
    press("ArrowLeft");
    press("ArrowDown", 1, { shiftKey: true });
    expect(cursor()).toEqual({ x: 19.5, y: 25.5 });
    expect(store.state.session.pointer).toEqual({ x: 19.5, y: 25.5 });
    press("ArrowDown", 3, { shiftKey: true });
    expect(cursor()).toEqual({ x: 19.5, y: 29.5 });
    press("ArrowLeft", 4, { shiftKey: true });
    expect(cursor()).toEqual({ x: 0.5, y: 29.5 });
  });

  test("a held arrow goes by what is seen of a picture that is shown small", () => {
    store.update({ view: { scale: 0.25, x: 0, y: 0 }, pointer: { x: 0, y: 0 } });
    stage.toggleKeyCursor();
    press("ArrowRight");
    press("ArrowRight", 1, { repeat: true });
    expect(cursor()).toEqual({ x: 5.5, y: 0.5 });
  });

  test("the view follows it out of sight", () => {
    store.update({ view: { scale: 10, x: 0, y: 0 }, pointer: { x: 2, y: 1 } });
    stage.toggleKeyCursor();
    press("ArrowRight", 10);
    const { view } = store.state.session;
    const at = cursor().x * view.scale + view.x;
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(40);
  });

  test("without it, or with the focus elsewhere, arrows stay the tool's", () => {
    store.update({ selection: ["a"] });
    press("ArrowLeft");
    expect(store.state.document.objects.get("a").rle).toEqual(columns(9, 19));
    stage.toggleKeyCursor();
    element.dispatchEvent(new Event("blur"));
    press("ArrowRight");
    expect(store.state.document.objects.get("a").rle).toEqual(columns(10, 20));
    element.dispatchEvent(new Event("focus"));
    press("ArrowRight");
    expect(store.state.document.objects.get("a").rle).toEqual(columns(10, 20));
    expect(cursor()).toEqual({ x: 21.5, y: 15.5 });
  });

  test("Ctrl with an arrow or Enter stays the page's", () => {
    stage.toggleKeyCursor();
    expect(press("ArrowRight", 1, { ctrlKey: true })).toBe(false);
    expect(press("Enter", 1, { ctrlKey: true })).toBe(false);
  });
});

describe("what it does", () => {
  test("select picks the object under it and shows it before", () => {
    store.update({ pointer: { x: 22, y: 5 } });
    stage.toggleKeyCursor();
    expect(store.state.session.hover).toBe(null);
    press("ArrowLeft", 2);
    expect(store.state.session.hover).toBe("a");
    tap(" ");
    expect(store.state.session.selection).toEqual(["a"]);
  });

  test("smart is asked inside and, with Alt, outside; Enter accepts", async () => {
    store.update({ tool: "smart", pointer: { x: 32, y: 5 } });
    stage.toggleKeyCursor();
    press("Enter");
    await settle();
    press("ArrowLeft", 2, { shiftKey: true });
    press("Enter", 1, { altKey: true });
    await settle();
    expect(asked.at(-1).points).toEqual([
      [32.5, 5.5, 1],
      [12.5, 5.5, 0],
    ]);
    press("Enter");
    const made = [...store.state.document.objects.values()].at(-1);
    expect(made.rle).toEqual(columns(30, 35));
    expect(store.state.document.objects.size).toBe(2);
  });

  test("a box is two presses", () => {
    store.update({ tool: "box", pointer: { x: 22, y: 5 } });
    stage.toggleKeyCursor();
    tap("Enter");
    press("ArrowRight", 1, { shiftKey: true });
    press("ArrowDown", 1, { shiftKey: true });
    expect(store.state.session.overlay[0]?.kind).toBe("box");
    tap("Enter");
    const made = [...store.state.document.objects.values()].at(-1);
    expect(store.state.document.objects.size).toBe(2);
    expect(contains(made.rle, 27, 10)).toBe(true);
    expect(area(made.rle)).toBeGreaterThanOrEqual(100);
  });

  test("a polygon's corners are placed, Enter closes it", () => {
    store.update({ view: { scale: 4, x: 0, y: 0 }, stage: { width: 160, height: 120 } });
    store.update({ tool: "polygon", pointer: { x: 22, y: 5 } });
    stage.toggleKeyCursor();
    tap("Enter");
    press("ArrowRight", 1, { shiftKey: true });
    tap(" ");
    press("ArrowDown", 2, { shiftKey: true });
    tap(" ");
    press("Enter");
    const made = [...store.state.document.objects.values()].at(-1);
    expect(store.state.document.objects.size).toBe(2);
    expect(contains(made.rle, 30, 10)).toBe(true);
  });

  test("Space held while arrows move draws a stroke, which its repeats do not break", () => {
    store.update({ tool: "brush", pointer: { x: 25, y: 5 } });
    stage.toggleKeyCursor();
    press(" ");
    press(" ", 3, { repeat: true });
    press("ArrowRight", 6, { repeat: true });
    stage.handleKeyUp(event(" "));
    const made = [...store.state.document.objects.values()].at(-1);
    expect(store.state.document.objects.size).toBe(2);
    for (let x = 25; x <= 31; x += 1) expect(contains(made.rle, x, 5)).toBe(true);
  });

  test("a stroke whose key is let go elsewhere is given up", () => {
    store.update({ tool: "brush", pointer: { x: 25, y: 5 } });
    stage.toggleKeyCursor();
    press(" ");
    element.dispatchEvent(new Event("blur"));
    expect(store.state.document.objects.size).toBe(1);
    stage.handleKeyUp(event(" "));
    expect(store.state.document.objects.size).toBe(1);
  });

  test("Escape gives up what is half made, then leaves, then goes on as ever", () => {
    store.update({ tool: "polygon", pointer: { x: 22, y: 5 } });
    stage.toggleKeyCursor();
    tap(" ");
    press("Escape");
    expect(store.state.session.overlay.length).toBeLessThan(2);
    expect(cursor()).not.toBe(null);
    press("Escape");
    expect(cursor()).toBe(null);
    expect(store.state.session.pointer).toBe(null);
    expect(store.state.session.tool).toBe("polygon");
    press("Escape");
    expect(store.state.session.tool).toBe("select");
  });
});
