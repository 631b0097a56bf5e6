import { describe, expect, test } from "vitest";
import { area } from "../../../frontend/src/geometry/rle.js";
import { intersectionArea, union, unionOf } from "../../../frontend/src/geometry/sets.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { coverage, voidOf } from "../../../frontend/src/model/void.js";
import { VOID_COMMANDS } from "../../../frontend/src/pages/voidCommands.js";
import { coverageWords } from "../../../frontend/src/panels/wording.js";
import { columns, IMAGE, object, SIZE } from "../tools/hand.js";

function page(objects) {
  const store = createStore({ image: IMAGE, objects });
  store.update({ stage: { width: 400, height: 300 } });
  const said = [];
  return {
    store,
    said,
    run: (name) => VOID_COMMANDS[name]({ store, say: (words) => said.push(words) }),
  };
}

describe("the void", () => {
  test("is what no confirmed object covers", () => {
    const { store } = page([
      object("a", columns(0, 9)),
      object("b", columns(5, 19)),
      object("c", columns(20, 29), { state: "suggested" }),
      object("d", columns(30, 39), { state: "rejected" }),
    ]);

    expect(area(voidOf(store.state.document))).toBe(20 * 30);
    expect(intersectionArea(voidOf(store.state.document), columns(0, 19))).toBe(0);
    expect(coverage(store.state.document)).toBe(0.5);
  });

  test("is found once for each state of the objects", () => {
    const { store } = page([object("a", columns(0, 9))]);
    const first = voidOf(store.state.document);

    store.update({ label: 3 });

    expect(voidOf(store.state.document)).toBe(first);
  });

  test.each([
    [0, "0.0"],
    [0.5, "50.0"],
    [0.99999, "99.9"],
    [1, "100"],
  ])("a coverage of %d is shown as %s", (share, words) => {
    expect(coverageWords(share)).toBe(words);
  });
});

describe("finding it", () => {
  test("goes from gap to gap, the largest first, and begins anew", () => {
    const { store, said, run } = page([object("a", columns(5, 29))]);
    const middles = [];

    for (let press = 0; press < 3; press += 1) {
      run("findVoid");
      const { view, stage } = store.state.session;
      middles.push(Math.round((stage.width / 2 - view.x) / view.scale));
    }

    expect(middles).toEqual([35, 3, 35]);
    expect(said[0]).toBe("Gap 1 of 2, 300 px.");
    expect(store.state.session.voidShown).toBe(true);
  });

  test("says when nothing is left", () => {
    const { said, run } = page([object("a", columns(0, 39))]);

    run("findVoid");

    expect(said).toEqual(["Every pixel is covered."]);
  });

  test("is shown and hidden", () => {
    const { store, run } = page([]);

    run("showVoid");
    expect(store.state.session.voidShown).toBe(true);
    run("showVoid");
    expect(store.state.session.voidShown).toBe(false);
  });
});

describe("the union of many", () => {
  test.each([0, 1, 2, 3, 7])("of %d masks is that of one after the other", (count) => {
    const masks = Array.from({ length: count }, (_, at) => columns(at * 5, at * 5 + 6));

    const empty = unionOf([], SIZE);
    expect(unionOf(masks, SIZE)).toEqual(masks.reduce(union, empty));
  });

  test("reaches the last pixel", () => {
    const masks = [columns(0, 20), columns(10, 39), columns(3, 4)];

    expect(area(unionOf(masks, SIZE))).toBe(1200);
  });

  test("refuses a mask of another image", () => {
    expect(() => unionOf([columns(0, 1)], [40, 30])).toThrow("mask is 30x40, expected 40x30");
  });
});
