import { expect, test } from "vitest";
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { createDocument } from "../../../frontend/src/model/document.js";
import { hintWords } from "../../../frontend/src/panels/hint.js";

const IMAGE = { priority_reason: "1 of 8 suggestions is unsure" };

function stateOf(objectState, selection = []) {
  const rle = fromRuns([0, 4], [2, 2]);
  const object = { id: "a", label: 1, rle, z: 0, state: objectState, score: null };
  const document = createDocument({ image: { id: 1, width: 2, height: 2 }, objects: [object] });
  return { document, session: { selection } };
}

test.each([
  ["an open suggestion", stateOf("suggested"), IMAGE.priority_reason],
  ["only what a person accepted", stateOf("confirmed"), ""],
  ["only what a person rejected", stateOf("rejected"), ""],
  ["a selected object", stateOf("suggested", ["a"]), "1 object selected, 2 × 2 px"],
  ["no image yet", null, ""],
])("with %s the hint is right", (_, state, words) => {
  expect(hintWords(state, IMAGE)).toBe(words);
});
