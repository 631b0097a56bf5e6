import { describe, expect, test } from "vitest";
import { fromBitmap, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { acceptAboveRejectRest } from "../../../frontend/src/model/actions/acceptAboveRejectRest.js";
import { acceptSuggestion } from "../../../frontend/src/model/actions/acceptSuggestion.js";
import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { combineObjects } from "../../../frontend/src/model/actions/combineObjects.js";
import { deleteObject } from "../../../frontend/src/model/actions/deleteObject.js";
import { moveObject } from "../../../frontend/src/model/actions/moveObject.js";
import { rejectSuggestion } from "../../../frontend/src/model/actions/rejectSuggestion.js";
import { relabel } from "../../../frontend/src/model/actions/relabel.js";
import { reorder } from "../../../frontend/src/model/actions/reorder.js";
import { replaceMask } from "../../../frontend/src/model/actions/replaceMask.js";
import { splitObject } from "../../../frontend/src/model/actions/splitObject.js";
import { createDocument, paintOrder } from "../../../frontend/src/model/document.js";

const SIZE = /** @type {const} */ ([2, 4]);
const mask = (bits) => fromBitmap(Uint8Array.from(bits, Number), SIZE);
const bitsOf = (object) => Array.from(toBitmap(object.rle)).join("");

function object(id, parts = {}) {
  return {
    id,
    label: 1,
    rle: mask("11001100"),
    z: 0,
    state: "confirmed",
    source: "manual",
    score: null,
    stability: null,
    model: "",
    iscrowd: false,
    attributes: {},
    ...parts,
  };
}

function documentOf(objects, panoptic = false) {
  return createDocument({ image: { id: 1, width: 4, height: 2 }, objects, panoptic });
}

const suggestion = (id, parts = {}) =>
  object(id, { label: null, state: "suggested", source: "model", score: 0.5, ...parts });

describe("a new object", () => {
  test("lies on top and is confirmed by its label", () => {
    const document = documentOf([object("a", { z: 4 })]);

    const after = addObject({ id: "b", rle: mask("00110011"), label: 2 })(document);

    expect(after.objects.get("b")).toMatchObject({
      z: 5,
      state: "confirmed",
      source: "manual",
      label: 2,
    });
  });

  test("without a label is a suggestion", () => {
    const after = addObject({ id: "b", rle: mask("00110011"), label: null })(documentOf([]));

    expect(after.objects.get("b").state).toBe("suggested");
  });

  test("keeps one id however often its action runs", () => {
    const action = addObject({ rle: mask("00110011"), label: 1 });

    expect([...action(documentOf([])).objects.keys()]).toEqual([
      ...action(documentOf([])).objects.keys(),
    ]);
  });
});

describe("a corrected mask", () => {
  test("confirms a suggestion that has a label, not one without", () => {
    const document = documentOf([suggestion("a", { label: 3 }), suggestion("b")]);

    const first = replaceMask({ id: "a", rle: mask("10000000") })(document);
    const both = replaceMask({ id: "b", rle: mask("01000000") })(first);

    expect(both.objects.get("a")).toMatchObject({ state: "confirmed", source: "model" });
    expect(both.objects.get("b")).toMatchObject({ state: "suggested" });
  });

  test("without a pixel left is a deletion", () => {
    const after = replaceMask({ id: "a", rle: mask("00000000") })(documentOf([object("a")]));

    expect(after.objects.has("a")).toBe(false);
  });

  test("of an object that is gone changes nothing", () => {
    const document = documentOf([object("a")]);

    expect(replaceMask({ id: "gone", rle: mask("11111111") })(document)).toBe(document);
  });
});

describe("labels", () => {
  test("confirm a suggestion, and taking one away makes it one again", () => {
    const document = documentOf([suggestion("a"), object("b")]);

    const labelled = relabel({ ids: ["a"], label: 2 })(document);
    const bare = relabel({ ids: ["b"], label: null })(labelled);

    expect(bare.objects.get("a")).toMatchObject({ label: 2, state: "confirmed" });
    expect(bare.objects.get("b")).toMatchObject({ label: null, state: "suggested" });
  });

  test("that are there already are no change", () => {
    const document = documentOf([object("a")]);

    expect(relabel({ ids: ["a", "gone"], label: 1 })(document)).toBe(document);
  });
});

describe("accepting", () => {
  test("needs a label, its own or the given one", () => {
    const document = documentOf([suggestion("own", { label: 4 }), suggestion("bare")]);
    const ids = ["own", "bare"];

    const given = acceptSuggestion({ ids, label: 2 })(document);
    const none = acceptSuggestion({ ids, label: null })(document);

    expect(given.objects.get("own")).toMatchObject({ label: 4, state: "confirmed" });
    expect(given.objects.get("bare")).toMatchObject({ label: 2, state: "confirmed" });
    expect(none.objects.get("bare")).toMatchObject({ label: null, state: "suggested" });
  });

  test("does not touch what a person confirmed or rejected", () => {
    const document = documentOf([object("a"), object("b", { state: "rejected" })]);

    expect(acceptSuggestion({ ids: ["a", "b"], label: 2 })(document)).toBe(document);
  });

  test("accepting some and rejecting others is one step, the rest stays", () => {
    const document = documentOf([
      suggestion("high", { score: 0.9 }),
      suggestion("low", { score: 0.49 }),
      suggestion("unscored", { score: null }),
      object("made", { score: 0.1 }),
    ]);

    const judged = { accepted: ["high"], rejected: ["low", "made"], label: 2 };
    const after = acceptAboveRejectRest(judged)(document);

    const found = Object.fromEntries([...after.objects].map(([id, { state }]) => [id, state]));
    expect(found).toEqual({
      high: "confirmed",
      low: "rejected",
      unscored: "suggested",
      made: "confirmed",
    });
  });

  test("what is accepted without any label stays a suggestion", () => {
    const document = documentOf([suggestion("high"), suggestion("low")]);

    const judged = { accepted: ["high"], rejected: ["low"], label: null };
    const after = acceptAboveRejectRest(judged)(document);

    expect(after.objects.get("high").state).toBe("suggested");
    expect(after.objects.get("low").state).toBe("rejected");
  });

  test("rejecting leaves confirmed objects alone", () => {
    const document = documentOf([object("a")]);

    expect(rejectSuggestion({ ids: ["a"] })(document)).toBe(document);
  });
});

describe("the order of painting", () => {
  const orderOf = (document) =>
    paintOrder(document)
      .map(({ id }) => id)
      .join("");
  const levels = (...zs) => documentOf(zs.map((z, at) => object("abcd"[at], { z })));

  test.each([
    ["up", "b", [0, 1, 2], "acb"],
    ["down", "b", [0, 1, 2], "bac"],
    ["top", "a", [0, 1, 2], "bca"],
    ["bottom", "c", [0, 1, 2], "cab"],
    ["up", "a", [0, 0, 0], "bac"],
    ["down", "c", [0, 0, 0], "acb"],
    ["top", "a", [5, 5, 5, 5], "bcda"],
    ["bottom", "d", [5, 5, 5, 5], "dabc"],
    ["up", "c", [0, 1, 2], "abc"],
    ["down", "a", [0, 1, 2], "abc"],
  ])("%s moves %s of %o", (place, id, zs, expected) => {
    expect(orderOf(reorder({ id, place })(levels(...zs)))).toBe(expected);
  });

  test("changes only objects that are in the way", () => {
    const document = levels(0, 10, 20);

    const after = reorder({ id: "a", place: "up" })(document);

    expect(after.objects.get("c")).toBe(document.objects.get("c"));
  });

  test("of an object at the end of its way stays the same document", () => {
    const document = levels(0, 1);

    expect(reorder({ id: "b", place: "top" })(document)).toBe(document);
    expect(reorder({ id: "gone", place: "top" })(document)).toBe(document);
  });
});

describe("in a panoptic document", () => {
  test("painting takes pixels from the other confirmed objects", () => {
    const document = documentOf([object("below"), suggestion("free")], true);

    const after = addObject({ id: "new", rle: mask("01100000"), label: 1 })(document);

    expect(bitsOf(after.objects.get("below"))).toBe("10001100");
    expect(bitsOf(after.objects.get("free"))).toBe("11001100");
  });

  test("an object that loses its last pixel is deleted", () => {
    const document = documentOf([object("below"), object("mine", { rle: mask("00110000") })], true);

    const after = replaceMask({ id: "mine", rle: mask("11111111") })(document);

    expect([...after.objects.keys()]).toEqual(["mine"]);
  });

  test.each([
    ["accepted", acceptSuggestion({ ids: ["new"], label: 1 })],
    ["labelled", relabel({ ids: ["new"], label: 1 })],
    ["corrected", replaceMask({ id: "new", rle: mask("01100100") })],
    ["merged", combineObjects({ id: "new", others: ["old"], operation: "union" })],
    [
      "split",
      splitObject({ id: "new", pieces: [mask("01100000"), mask("00000110")], ids: ["half"] }),
    ],
  ])(
    "a suggestion that is %s takes its pixels, but none of those that keep theirs",
    (_how, action) => {
      const { objects } = action(
        documentOf(
          [
            object("below", { rle: mask("11001100") }),
            suggestion("new", { label: 1, rle: mask("01100110") }),
            suggestion("old", { rle: mask("00010001") }),
          ],
          true,
        ),
      );

      const taken = [...objects.values()].filter(({ state }) => state === "confirmed");
      const sums = taken
        .map(bitsOf)
        .reduce((sum, bits) => [...bits].map((bit, at) => Number(bit) + (sum[at] ?? 0)), []);
      expect(Math.max(...sums)).toBe(1);
      expect(bitsOf(objects.get("below"))).toBe("10001000");
    },
  );

  test.each([
    ["accepted", acceptSuggestion],
    ["labelled", relabel],
  ])("what is %s leaves their pixels to those that keep them", (_how, make) => {
    const keepers = new Set(["below"]);
    const before = documentOf(
      [
        object("below", { rle: mask("11001100") }),
        suggestion("new", { rle: mask("01100110") }),
        suggestion("inside", { rle: mask("11000000") }),
      ],
      true,
    );

    const { objects } = make({ ids: ["new", "inside"], label: 1, keepers })(before);

    expect(objects.get("below")).toBe(before.objects.get("below"));
    expect(bitsOf(objects.get("new"))).toBe("00100010");
    expect(objects.get("inside")).toBe(before.objects.get("inside"));
  });

  test("of several that are accepted at once the one on top has what they share", () => {
    const rle = mask("11111111");
    const document = documentOf(
      [suggestion("top", { z: 5, rle: mask("00110011") }), suggestion("base", { z: 1, rle })],
      true,
    );

    const { objects } = acceptSuggestion({ ids: ["top", "base"], label: 1 })(document);

    expect([...objects.values()].map(bitsOf)).toEqual(["00110011", "11001100"]);
  });

  test("what is moved takes the pixels it comes to lie on, those that move with it keep theirs", () => {
    const document = documentOf(
      [
        object("a", { rle: mask("10001000") }),
        object("b", { rle: mask("01000100") }),
        object("c", { rle: mask("00110011") }),
      ],
      true,
    );
    const move = { ids: ["a", "b"], dx: 1, dy: 0 };

    const taken = moveObject(move)(document).objects;
    expect([...taken.values()].map(bitsOf)).toEqual(["01000100", "00100010", "00010001"]);

    expect(moveObject({ ...move, keepers: new Set(["c"]) })(document)).toBe(document);
    const wide = { ids: ["c"], dx: -1, dy: 0, keepers: new Set(["b"]) };
    expect(bitsOf(moveObject(wide)(document).objects.get("c"))).toBe("00100010");
  });

  test("layers of other documents overlap freely", () => {
    const document = documentOf([object("below")]);

    const after = addObject({ id: "new", rle: mask("11111111"), label: 1 })(document);

    expect(after.objects.get("below")).toBe(document.objects.get("below"));
  });
});

test("a deletion of several is one document and its words say how many", () => {
  const action = deleteObject({ ids: ["a", "b"] });

  expect(action(documentOf([object("a"), object("b"), object("c")])).objects.size).toBe(1);
  expect(action.words).toBe("Delete 2 objects");
});

test("an object cannot be moved out of the image", () => {
  const document = documentOf([object("a")]);

  const near = moveObject({ ids: ["a"], dx: 2, dy: 0 })(document);
  const far = moveObject({ ids: ["a"], dx: 9, dy: 0 })(document);

  expect(bitsOf(near.objects.get("a"))).toBe("00110011");
  expect(far).toBe(document);
});
