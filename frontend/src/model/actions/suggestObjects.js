import { t } from "../../texts.js";
import { inWords, objectsInWords } from "./action.js";
import { addObject } from "./addObject.js";

/**
 * A model's objects, which stay suggestions until a person accepts them: one step to undo.
 * @param {readonly (import("../../types.js").Candidate)[]} candidates best first
 * @param {number | null} label that they may become
 * @returns {import("../../types.js").Action}
 */
export function suggestObjects(candidates, label) {
  return inWords(t("Suggest {what}", { what: objectsInWords(candidates.length) }), (document) =>
    candidates.reduce((before, candidate) => {
      const { rle, score, stability, model } = candidate;
      const state = "suggested";
      return addObject({ rle, label, score, stability, model, source: "model", state })(before);
    }, document),
  );
}
