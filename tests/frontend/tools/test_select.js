import { describe, expect, test } from "vitest";
import { bbox } from "../../../frontend/src/geometry/rle.js";
import { topmostAt } from "../../../frontend/src/tools/hits.js";
import { select } from "../../../frontend/src/tools/select.js";
import { click, columns, key, object, sample, stroke, takeInHand } from "./hand.js";

const LAYERS = [object("low", columns(0, 20), { z: 1 }), object("high", columns(10, 30), { z: 2 })];

function taken(session = {}, objects = LAYERS) {
  const tool = takeInHand(select, objects);
  tool.store.update(session);
  return tool;
}

describe("pointing", () => {
  test.each([
    ["the higher one where two overlap", 15, {}, "high"],
    ["the lower one beside it", 5, {}, "low"],
    ["nothing where nothing is", 35, {}, null],
    ["through hidden objects", 15, { hidden: new Set(["high"]) }, "low"],
    ["through locked objects", 15, { locked: new Set(["high"]) }, "low"],
    ["nothing while masks are off", 15, { masksVisible: false }, null],
  ])("finds %s", (_name, x, session, id) => {
    const { hand, store } = taken(session);

    hand.hover(sample(x, 10));

    expect(store.state.session.hover).toBe(id);
  });

  test("goes through rejected objects", () => {
    const { store } = taken({}, [LAYERS[0], { ...LAYERS[1], state: "rejected" }]);

    expect(topmostAt(store.state, { x: 15, y: 10 })?.id).toBe("low");
  });
});

describe("picking", () => {
  test("a click selects, a click beside deselects", () => {
    const { hand, store } = taken();

    click(hand, 15, 10);
    expect(store.state.session.selection).toEqual(["high"]);
    click(hand, 35, 10);

    expect(store.state.session.selection).toEqual([]);
  });

  test("Shift adds and takes away", () => {
    const { hand, store } = taken();

    click(hand, 15, 10);
    click(hand, 5, 10, { shift: true });
    expect(store.state.session.selection).toEqual(["high", "low"]);
    click(hand, 15, 10, { shift: true });
    click(hand, 35, 10, { shift: true });

    expect(store.state.session.selection).toEqual(["low"]);
  });

  test("a drag moves the picture and selects nothing", () => {
    const { hand, store } = taken({ stage: { width: 400, height: 300 } });

    stroke(hand, [15, 10], [45, 30]);

    expect(store.state.session).toMatchObject({ selection: [], view: { scale: 1, x: 30, y: 20 } });
  });
});

describe("keys", () => {
  test("Tab walks through the objects that show, round and round", () => {
    const { hand, store } = taken({ hidden: new Set(["mid"]) }, [
      ...LAYERS,
      object("mid", columns(0, 1), { z: 1.5 }),
    ]);
    const seen = [];
    for (const shift of [false, false, false, true, true]) {
      hand.key(key("Tab", { shift }));
      seen.push(store.state.session.selection[0]);
    }

    expect(seen).toEqual(["low", "high", "low", "high", "low"]);
  });

  test("Shift+Tab starts with the highest", () => {
    const { hand, store } = taken();

    hand.key(key("Tab", { shift: true }));

    expect(store.state.session.selection).toEqual(["high"]);
  });

  test("Tab is left to the page where there is no object", () => {
    expect(taken({}, []).hand.key(key("Tab"))).toBe(false);
  });

  test("arrows nudge the selection as one step each", () => {
    const { hand, store } = taken({ selection: ["high"] });

    hand.key(key("ArrowRight"));
    hand.key(key("ArrowLeft", { shift: true }));

    expect(bbox(store.state.document.objects.get("high").rle)).toEqual([1, 0, 21, 30]);
    store.undo();
    expect(bbox(store.state.document.objects.get("high").rle)).toEqual([11, 0, 21, 30]);
  });

  test("arrows move the picture when nothing is selected, and no locked object", () => {
    const { hand, store } = taken({
      stage: { width: 400, height: 300 },
      locked: new Set(["high"]),
      selection: ["high"],
    });

    hand.key(key("ArrowLeft"));

    expect(store.state.session.view.x).toBe(48);
    expect(store.state.canUndo).toBe(false);
  });
});
