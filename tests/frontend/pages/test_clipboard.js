import { describe, expect, test } from "vitest";
import { area, bbox, fromRuns, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { placedOn } from "../../../frontend/src/geometry/sets.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { Clipboard } from "../../../frontend/src/pages/clipboard.js";
import { columns, IMAGE, object } from "../tools/hand.js";

const OTHER_SIZE = { id: 2, width: 20, height: 50 };

function image(objects = [], { facts = IMAGE, panoptic = false, ...session } = {}) {
  const store = createStore({ image: facts, objects, panoptic });
  store.update({ selection: objects.map(({ id }) => id), ...session });
  return store;
}

function clipboard() {
  const said = [];
  return { said, board: new Clipboard((words, kind) => said.push([kind, words])) };
}

const all = (store) => [...store.state.document.objects.values()];
const fresh = (store, ...known) => all(store).filter(({ id }) => !known.includes(id));

describe("copy and paste", () => {
  test("on another image of the size: the same mask, label and attributes, one undo step", () => {
    const { board } = clipboard();
    const there = image();
    board.copy(
      image([object("a", columns(3, 8), { label: 5, attributes: { wet: true }, source: "model" })]),
    );

    expect(board.paste(there)).toBe(true);

    expect(all(there)).toHaveLength(1);
    expect(all(there)[0]).toMatchObject({
      label: 5,
      rle: columns(3, 8),
      attributes: { wet: true },
      source: "manual",
      state: "confirmed",
    });
    expect(there.state.session.selection).toEqual([all(there)[0].id]);
    there.undo();
    expect(all(there)).toEqual([]);
  });

  test("on the same image the copy is set off, again and again", () => {
    const { board } = clipboard();
    const store = image([object("a", columns(3, 8))]);
    board.copy(store);

    board.paste(store);
    board.paste(store);

    expect(fresh(store, "a").map(({ rle }) => bbox(rle)[0])).toEqual([13, 23]);
  });

  test("on a smaller image it is cut at the border, and that is said", () => {
    const { board, said } = clipboard();
    const there = image([], { facts: OTHER_SIZE });
    board.copy(image([object("a", columns(15, 30))]));

    board.paste(there);

    expect(bbox(all(there)[0].rle)).toEqual([15, 0, 5, 30]);
    expect(said.at(-1)[1]).toContain("cut at the border: this image is 20 × 50");
  });

  test("what would lie outside is left out, and that is said", () => {
    const { board, said } = clipboard();
    const there = image([], { facts: OTHER_SIZE });
    board.copy(image([object("a", columns(25, 30)), object("b", columns(3, 8))]));

    board.paste(there);

    expect(all(there)).toHaveLength(1);
    expect(said.at(-1)[1]).toContain("1 object left out");
    board.copy(image([object("a", columns(25, 30))]));
    board.paste(there);
    expect(all(there)).toHaveLength(1);
    expect(said.at(-1)[0]).toBe("warn");
  });

  test("nothing copied or selected: the keys stay the browser's", () => {
    const { board } = clipboard();

    expect(board.copy(image())).toBe(false);
    expect(board.paste(image())).toBe(false);
    expect(board.duplicate(image())).toBe(false);
  });

  test("takes no pixel of a locked object", () => {
    const { board } = clipboard();
    const there = image([object("locked", columns(6, 20))], { locked: new Set(["locked"]) });
    board.copy(image([object("a", columns(3, 8))]));

    board.paste(there);

    expect(area(fresh(there, "locked")[0].rle)).toBe(3 * 30);
  });
});

describe("duplicate", () => {
  test("is one step, and in a panoptic project leaves the original what the copy does not cover", () => {
    const { board } = clipboard();
    const store = image([object("a", columns(3, 20))], { panoptic: true });

    board.duplicate(store);

    expect(all(store)).toHaveLength(2);
    expect(bbox(fresh(store, "a")[0].rle)).toEqual([13, 10, 18, 20]);
    expect(area(store.state.document.objects.get("a").rle)).toBe(18 * 30 - 8 * 20);
    store.undo();
    expect(area(store.state.document.objects.get("a").rle)).toBe(18 * 30);
  });
});

describe("copy to the next image", () => {
  test("opens it and puts the object there", async () => {
    const { board, said } = clipboard();
    const there = image();

    expect(board.copyToNext(image([object("a", columns(3, 8))]), async () => there)).toBe(true);
    await Promise.resolve();

    expect(all(there)[0].rle).toEqual(columns(3, 8));
    expect(said.at(-1)[0]).toBe("good");
  });

  test("without a next image changes nothing, without a selection opens none", async () => {
    const { board } = clipboard();
    const store = image([object("a", columns(3, 8))]);
    let opened = 0;

    board.copyToNext(store, async () => null);
    board.copyToNext(image(), async () => {
      opened += 1;
      return null;
    });
    await Promise.resolve();

    expect(all(store)).toHaveLength(1);
    expect(opened).toBe(0);
  });
});

test.each([
  ["empty", [12], [3, 2], [6]],
  ["whole on a smaller one", [0, 12], [2, 2], [0, 4]],
  ["whole on a larger one", [0, 12], [4, 5], [0, 3, 1, 3, 1, 3, 1, 3, 5]],
  ["one pixel at the corner, cut", [11, 1], [2, 3], [6]],
])("a mask placed on another size: %s", (_name, runs, size, expected) => {
  const rle = fromRuns(runs, [3, 4]);

  expect(toBitmap(placedOn(rle, size))).toEqual(toBitmap(fromRuns(expected, size)));
  expect(placedOn(rle, [3, 4])).toBe(rle);
});
