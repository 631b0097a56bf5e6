import { describe, expect, test } from "vitest";
import { bbox } from "../../../frontend/src/geometry/rle.js";
import { union } from "../../../frontend/src/geometry/sets.js";
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

describe("handles", () => {
  const boxOf = ({ store }, id = "high") => bbox(store.state.document.objects.get(id).rle);

  test.each([
    ["the right side", [31, 15], [36, 15], {}, [10, 0, 26, 30]],
    ["the left side, and no further than the image", [10, 15], [-20, 15], {}, [0, 0, 31, 30]],
    ["the lower side up", [20, 30], [20, 20], {}, [10, 0, 21, 20]],
    ["a corner both ways", [31, 30], [21, 20], {}, [10, 0, 11, 20]],
    ["a corner in proportion", [31, 30], [31, 20], { shift: true }, [10, 0, 21, 30]],
    ["a side never past the other one", [31, 15], [2, 15], {}, [10, 0, 1, 30]],
  ])("pull %s", (_name, from, to, held, box) => {
    const tool = taken({ selection: ["high"] });

    stroke(tool.hand, from, to, held);

    expect(boxOf(tool)).toEqual(box);
    expect(tool.store.state.session.overlay).toEqual([]);
    tool.store.undo();
    expect(boxOf(tool)).toEqual([10, 0, 21, 30]);
  });

  test("that would leave nothing of two thin lines leave them as they were", () => {
    const lines = union(columns(10, 10), columns(30, 30));
    const tool = taken({ selection: ["high"] }, [object("high", lines)]);

    stroke(tool.hand, [31, 15], [20, 15]);

    expect(tool.store.state.document.objects.get("high")?.rle).toBe(lines);
    expect(tool.notes[0][1]).toContain("Nothing would be left");
  });

  test("show what would be made, and make nothing when the pointer is lost", () => {
    const { hand, store } = taken({ selection: ["high"] });

    hand.down(sample(31, 15));
    hand.drag([sample(36, 15)]);
    expect(store.state.session.overlay.map(({ kind }) => kind)).toEqual(["preview", "box"]);
    hand.abort();
    hand.up(sample(36, 15));

    expect(store.state.session.overlay).toEqual([]);
    expect(store.state.canUndo).toBe(false);
  });

  test("only clicked on let what lies under them be picked", () => {
    const { hand, store } = taken({ selection: ["high"] });

    click(hand, 10, 15);
    expect(store.state.session.selection).toEqual(["high"]);
    click(hand, 8, 15);

    expect(store.state.session.selection).toEqual(["low"]);
    expect(store.state.canUndo).toBe(false);
  });

  test.each([
    ["locked", { selection: ["high"], locked: new Set(["high"]) }],
    ["hidden", { selection: ["high"], hidden: new Set(["high"]) }],
    ["not in sight", { selection: ["high"], masksVisible: false }],
  ])("of an object %s pull nothing", (_name, session) => {
    const { hand, store } = taken({ stage: { width: 400, height: 300 }, ...session });

    stroke(hand, [31, 15], [40, 15]);

    expect(store.state.canUndo).toBe(false);
  });

  test("of an object that is small on the screen leave it to be dragged over", () => {
    const { hand, store } = taken({
      stage: { width: 400, height: 300 },
      selection: ["high"],
      view: { scale: 0.5, x: 0, y: 0 },
    });

    hand.down(sample(31, 15, { screen: { x: 15.5, y: 7.5 } }));
    hand.drag([sample(39, 15, { screen: { x: 25.5, y: 7.5 } })]);
    hand.up(sample(39, 15, { screen: { x: 25.5, y: 7.5 } }));

    expect(store.state.canUndo).toBe(false);
    expect(store.state.session.view.x).toBe(10);
  });

  test("are told by the pointer", () => {
    const { hand, cursors } = taken({ selection: ["high"] });

    for (const at of [
      [31, 15],
      [31, 30],
      [10, 30],
      [20, 30],
      [20, 15],
    ])
      hand.hover(sample(...at));

    expect(cursors).toEqual(["ew-resize", "nwse-resize", "nesw-resize", "ns-resize", null]);
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
