import { describe, expect, test } from "vitest";
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { acceptAboveRejectRest } from "../../../frontend/src/model/actions/acceptAboveRejectRest.js";
import { createDocument } from "../../../frontend/src/model/document.js";
import { judgement, medianScore } from "../../../frontend/src/panels/judgement.js";

const RLE = fromRuns([5, 2, 13], [4, 5]);

function documentOf(...objects) {
  return createDocument({
    image: { id: 1, width: 5, height: 4 },
    objects: objects.map((parts, i) => ({
      id: `o${i}`,
      label: null,
      rle: RLE,
      z: i,
      state: "suggested",
      source: "model",
      score: 0.5,
      stability: null,
      model: "m",
      iscrowd: false,
      attributes: {},
      ...parts,
    })),
  });
}

const MIXED = documentOf(
  { score: 0.9, label: 1 },
  { score: 0.5 },
  { score: 0.49, label: 1 },
  { score: null },
  { score: 0.1, state: "confirmed", label: 1 },
  { score: 0.1, state: "rejected" },
);

const NONE = new Set();

describe("what a threshold would do", () => {
  test("with a label at hand", () => {
    expect(judgement(MIXED, 0.5, { label: 7, locked: NONE })).toEqual({
      accepted: ["o0", "o1"],
      rejected: ["o2"],
      unlabelled: [],
      unscored: ["o3"],
    });
  });

  test("without one: what has no label stays", () => {
    expect(judgement(MIXED, 0.5, { label: null, locked: NONE })).toEqual({
      accepted: ["o0"],
      rejected: ["o2"],
      unlabelled: ["o1"],
      unscored: ["o3"],
    });
  });

  test("what is locked stays, however it scores", () => {
    const locked = new Set(["o0", "o2"]);

    expect(judgement(MIXED, 0.5, { label: 7, locked })).toMatchObject({
      accepted: ["o1"],
      rejected: [],
    });
  });

  test.each([[0], [0.3], [0.5], [0.91], [1]])("is what the action does at %s", (threshold) => {
    for (const label of [null, 7]) {
      const { accepted, rejected } = judgement(MIXED, threshold, { label, locked: NONE });
      const after = acceptAboveRejectRest({ accepted, rejected, label })(MIXED);
      const changed = [...after.objects.values()].filter(
        (object) => object !== MIXED.objects.get(object.id),
      );
      const stateOf = (state) =>
        changed.filter((object) => object.state === state).map(({ id }) => id);
      expect([stateOf("confirmed"), stateOf("rejected")]).toEqual([accepted, rejected]);
    }
  });
});

test("the threshold starts at the median of the suggestions", () => {
  expect(
    medianScore(
      documentOf(
        { score: 0.1 },
        { score: 0.334 },
        { score: 0.9 },
        { score: 1, state: "confirmed" },
      ),
    ),
  ).toBe(0.33);
  expect(medianScore(documentOf())).toBe(0.5);
});
