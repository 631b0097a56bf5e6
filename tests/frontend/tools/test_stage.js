// The stage on an element that behaves as a browser's does towards it: events, capture, focus.
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createStore } from "../../../frontend/src/model/store.js";
import { TOOLS, toolByName } from "../../../frontend/src/tools/registry.js";
import { attachStage } from "../../../frontend/src/tools/stage.js";
import { columns, IMAGE, object } from "./hand.js";

class StageElement extends EventTarget {
  style = {};
  tabIndex = -1;
  captured = new Set();
  focus() {}
  setPointerCapture(id) {
    this.captured.add(id);
  }
  getBoundingClientRect() {
    return { left: 100, top: 50, width: 400, height: 300 };
  }
}

let element;
let store;
let stage;
let counted;

beforeEach(() => {
  element = new StageElement();
  store = createStore({ image: IMAGE, objects: [object("a", columns(10, 20))] });
  store.update({ stage: { width: 400, height: 300 }, brushSize: 4 });
  counted = [];
  const services = { predict: async () => [], notify: () => {} };
  stage = attachStage(element, store, services, { count: (what) => counted.push(what) });
});

function fire(type, x, y, parts = {}) {
  const event = new Event(type, { cancelable: true });
  const defaults = {
    pointerId: 1,
    pointerType: "mouse",
    button: 0,
    buttons: type === "pointerup" ? 0 : 1,
    clientX: x + 100,
    clientY: y + 50,
    pressure: 0.5,
    shiftKey: false,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    deltaX: 0,
    deltaY: 0,
    deltaMode: 0,
  };
  Object.assign(event, defaults, parts);
  element.dispatchEvent(event);
  return event;
}

function press(key, parts = {}) {
  const event = {
    key,
    code: "",
    shiftKey: false,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    preventDefault: vi.fn(),
    ...parts,
  };
  return { taken: stage.handleKey(event), event };
}

function dragMouse(from, to, parts = {}) {
  fire("pointerdown", ...from, parts);
  fire("pointermove", ...to, parts);
  fire("pointerup", ...to, parts);
}

const finger = (pointerId) => ({ pointerId, pointerType: "touch" });

describe("tools", () => {
  test("every tool has a name and a letter of its own", () => {
    expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length);
    expect(new Set(TOOLS.map(({ hotkey }) => hotkey)).size).toBe(TOOLS.length);
    expect(toolByName("brush")?.hotkey).toBe("B");
    expect(toolByName("laser")).toBe(null);
  });

  test("the key for the last drawing tool does not come back to one that reworks", () => {
    store.update({ tool: "lasso" });
    store.update({ tool: "combine" });
    store.update({ tool: "pan" });

    expect(store.state.session.drawingTool).toBe("lasso");
  });

  test("changing the tool clears what the one before described", () => {
    store.update({ tool: "polygon" });
    fire("pointerdown", 5, 5);
    expect(store.state.session.overlay).not.toEqual([]);

    store.update({ tool: "select" });

    expect(store.state.session).toMatchObject({ overlay: [], status: "", drawingTool: "polygon" });
    expect(element.style.cursor).toBe("default");
  });

  test("a tool that is taken does what it is called, whatever was swapped before", () => {
    store.update({ tool: "brush", swapped: true });
    store.update({ tool: "eraser" });

    expect(store.state.session.swapped).toBe(false);
  });

  test("a tool that does not exist is refused", () => {
    expect(() => store.update({ tool: "laser" })).toThrow('there is no tool "laser"');
  });
});

describe("the pointer", () => {
  test("is captured and goes to the tool in image coordinates", () => {
    store.update({ tool: "brush", view: { scale: 2, x: 10, y: 20 } });

    dragMouse([20, 30], [50, 30]);

    expect([...element.captured]).toEqual([1]);
    expect(store.state.undoWords).toBe("Add object");
    expect(store.state.session.pointer).toEqual({ x: 20, y: 5 });
  });

  test("each of the positions between two events is drawn", () => {
    store.update({ tool: "brush", brushSize: 1 });
    const between = { clientX: 125, clientY: 75, buttons: 1, pointerType: "mouse" };
    const end = { clientX: 105, clientY: 55, buttons: 1, pointerType: "mouse" };

    fire("pointerdown", 5, 5);
    fire("pointermove", 5, 5, { getCoalescedEvents: () => [between, end] });
    fire("pointerup", 5, 5);

    const made = [...store.state.document.objects.values()].at(-1);
    expect(made.rle.counts).not.toBe("");
    expect(store.state.document.objects.size).toBe(2);
  });

  test("the middle button pans whatever the tool", () => {
    store.update({ tool: "brush" });

    dragMouse([20, 30], [50, 40], { button: 1, buttons: 4 });

    expect(store.state.session.view).toMatchObject({ x: 30, y: 10 });
    expect(store.state.document.objects.size).toBe(1);
  });

  test("with Space held it pans, until Space is released", () => {
    store.update({ tool: "brush" });
    press(" ", { code: "Space" });
    dragMouse([20, 20], [30, 20]);
    stage.handleKeyUp({ key: " ", code: "Space" });
    expect(store.state.session.view.x).toBe(10);

    dragMouse([20, 20], [30, 20]);

    expect(store.state.document.objects.size).toBe(2);
  });

  test("a cancelled pointer leaves no stroke", () => {
    store.update({ tool: "brush" });
    fire("pointerdown", 5, 5);
    fire("pointermove", 9, 9);

    fire("pointercancel", 9, 9);

    expect(store.state.canUndo).toBe(false);
  });

  test.each([3, 4])("button %i, back or forward, is the browser's", (button) => {
    store.update({ tool: "brush" });
    dragMouse([5, 5], [25, 5], { button });

    expect(store.state.document.objects.size).toBe(1);
    expect(element.captured.size).toBe(0);
  });

  test("the context menu stays away", () => {
    expect(fire("contextmenu", 5, 5).defaultPrevented).toBe(true);
  });

  test("leaving clears the coordinates and the hover", () => {
    fire("pointermove", 15, 5, { buttons: 0 });
    expect(store.state.session.hover).toBe("a");

    fire("pointerleave", 500, 5);

    expect(store.state.session).toMatchObject({ pointer: null, hover: null });
  });
});

describe("fingers", () => {
  test("one draws once it moves", () => {
    store.update({ tool: "brush" });
    fire("pointerdown", 5, 5, finger(1));
    expect(store.state.session.overlay).toEqual([]);

    fire("pointermove", 25, 5, finger(1));
    fire("pointerup", 25, 5, finger(1));

    expect(store.state.document.objects.size).toBe(2);
  });

  test("two pinch and draw nothing", () => {
    store.update({ tool: "brush" });
    fire("pointerdown", 100, 100, finger(1));
    fire("pointerdown", 200, 100, finger(2));
    fire("pointermove", 50, 100, finger(1));
    fire("pointermove", 250, 100, finger(2));
    fire("pointerup", 50, 100, finger(1));
    fire("pointerup", 250, 100, finger(2));

    expect(store.state.session.view.scale).toBeCloseTo(2);
    expect(store.state.document.objects.size).toBe(1);
  });

  test.each([
    [2, "undo"],
    [3, "redo"],
  ])("a tap of %i is %s", (count, deed) => {
    store.update({ tool: "brush" });
    dragMouse([5, 5], [9, 5]);
    if (deed === "redo") store.undo();
    const before = store.state.document.objects.size;

    for (let id = 1; id <= count; id += 1) fire("pointerdown", 40 * id, 50, finger(id));
    for (let id = 1; id <= count; id += 1) fire("pointerup", 40 * id, 50, finger(id));

    expect(store.state.document.objects.size - before).toBe(deed === "undo" ? -1 : 1);
  });

  test("pan only as soon as a pen was seen", () => {
    store.update({ tool: "brush" });
    dragMouse([5, 5], [9, 5], { pointerType: "pen" });
    expect(store.state.document.objects.size).toBe(2);

    dragMouse([25, 5], [45, 5], finger(7));

    expect(store.state.document.objects.size).toBe(2);
    expect(store.state.session.view.x).toBe(20);
  });

  test("that rest as a palm do not keep the pen from drawing", () => {
    store.update({ tool: "brush" });
    fire("pointermove", 2, 2, { pointerType: "pen", pointerId: 10 });
    fire("pointerdown", 300, 250, finger(1));
    fire("pointermove", 312, 250, finger(1));
    dragMouse([25, 5], [29, 5], { pointerType: "pen", pointerId: 10 }); // the palm has panned
    fire("pointerup", 312, 250, finger(1));

    expect(store.state.document.objects.size).toBe(2);
  });

  test("that come down as a palm beside the pen neither pinch nor undo", () => {
    store.update({ tool: "brush" });
    const { view } = store.state.session;
    const pen = { pointerType: "pen", pointerId: 10 };
    fire("pointerdown", 5, 5, pen);
    fire("pointerdown", 300, 250, finger(1));
    fire("pointerdown", 330, 260, finger(2));
    fire("pointermove", 340, 290, finger(2));
    fire("pointermove", 9, 5, pen);
    fire("pointerup", 9, 5, pen);
    fire("pointerup", 300, 250, finger(1));
    fire("pointerup", 340, 290, finger(2));

    expect(store.state.document.objects.size).toBe(2);
    expect(store.state.session.view).toEqual(view);
  });

  test("a long press is the second button", () => {
    vi.useFakeTimers();
    store.update({ tool: "smart" });
    fire("pointerdown", 15, 5, finger(1));

    vi.advanceTimersByTime(500);
    fire("pointerup", 15, 5, finger(1));
    vi.useRealTimers();

    expect(store.state.session.overlay).toMatchObject([{ kind: "point", positive: false }]);
  });
});

describe("keys", () => {
  test("Escape gives up the stroke, then the selection, then the tool, then is the page's", () => {
    store.update({ tool: "brush", selection: ["a"] });
    fire("pointerdown", 5, 5);

    expect(press("Escape").taken).toBe(true);
    expect(store.state.session.selection).toEqual(["a"]);
    press("Escape");
    expect(store.state.session.selection).toEqual([]);
    press("Escape");
    expect(store.state.session.tool).toBe("select");

    expect(press("Escape").taken).toBe(false);
  });

  test("a key that was taken does nothing else, others are left alone", () => {
    store.update({ tool: "brush" });
    const { taken, event } = press("[", { code: "BracketLeft" });

    expect(taken).toBe(true);
    expect(event.preventDefault).toHaveBeenCalled();
    expect(press("q").event.preventDefault).not.toHaveBeenCalled();
  });

  test("undo takes back what is half made before what is made", () => {
    store.update({ tool: "brush" });
    dragMouse([5, 5], [9, 5]);
    store.update({ tool: "polygon", selection: [] });
    fire("pointerdown", 5, 5);
    fire("pointerup", 5, 5);

    stage.undo();
    expect(store.state.document.objects.size).toBe(2);
    stage.undo();

    expect(store.state.document.objects.size).toBe(1);
    expect(stage.redo()).toBe(true);
  });

  test("undo in the middle of a stroke gives up the stroke only", () => {
    store.update({ tool: "brush" });
    dragMouse([5, 5], [9, 5]);
    fire("pointerdown", 30, 20);

    stage.undo();

    expect(store.state.document.objects.size).toBe(2);
  });
});

describe("effort", () => {
  beforeEach(() => store.update({ tool: "brush", label: 1 }));

  test("a press in place is a click, one that moves is a stroke, also back to where it began", () => {
    dragMouse([20, 20], [23, 20]);
    dragMouse([20, 20], [60, 20]);
    fire("pointerdown", 20, 20);
    fire("pointermove", 60, 60);
    fire("pointermove", 20, 20);
    fire("pointerup", 20, 20);
    fire("pointerdown", 20, 20, finger(5));
    fire("pointerup", 20, 20, finger(5));

    expect(counted).toEqual(["clicks", "strokes", "strokes", "clicks"]);
  });

  test("panning and what was given up are no gestures", () => {
    dragMouse([20, 20], [60, 20], { button: 1, buttons: 4 });
    store.update({ tool: "pan" });
    dragMouse([20, 20], [60, 20]);
    store.update({ tool: "brush" });
    fire("pointerdown", 20, 20);
    fire("pointercancel", 20, 20);
    store.update({ tool: "select" });
    dragMouse([20, 20], [60, 20]);

    expect(counted).toEqual([]);
  });

  test("undo and redo count where there was something, before their change is told", () => {
    const told = [];
    store.onChanges(() => told.push([...counted]));
    stage.undo();
    stage.redo();
    expect(counted).toEqual([]);

    dragMouse([20, 20], [60, 20]);
    stage.undo();
    stage.redo();
    store.update({ tool: "polygon" });
    dragMouse([20, 20], [20, 20]);
    stage.undo();

    expect(told).toEqual([["strokes"], ["strokes", "undos"], ["strokes", "undos", "redos"]]);
    expect(counted).toEqual(["strokes", "undos", "redos", "clicks", "undos"]);
  });
});

describe("the wheel", () => {
  test("zooms at the cursor", () => {
    fire("wheel", 20, 15, { deltaY: -120, wheelDeltaY: 120 });

    const { scale, x } = store.state.session.view;
    expect(scale).toBeGreaterThan(1);
    expect((20 - x) / scale).toBeCloseTo(20);
  });

  test("with Alt changes the brush, and zooms with a tool that has no size", () => {
    store.update({ tool: "brush" });
    fire("wheel", 20, 15, { deltaY: -100, altKey: true });
    expect(store.state.session).toMatchObject({ brushSize: 5, view: { scale: 1 } });

    store.update({ tool: "select" });
    fire("wheel", 20, 15, { deltaY: -100, altKey: true });

    expect(store.state.session.view.scale).toBeGreaterThan(1);
  });
});

test("a detached stage hears nothing", () => {
  stage.detach();
  store.update({ tool: "brush" });
  dragMouse([5, 5], [9, 5]);
  fire("wheel", 20, 15, { deltaY: -120 });

  expect(store.state.document.objects.size).toBe(1);
  expect(store.state.session.view.scale).toBe(1);
});
