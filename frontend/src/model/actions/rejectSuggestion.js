import { t } from "../../texts.js";
import { reviseObjects } from "../document.js";
import { inWords, suggestionsInWords } from "./action.js";

/**
 * Say no to suggestions: they stay known, so that the model learns from it, but are not painted.
 * @param {{ids: readonly string[]}} parts
 * @returns {import("../../types.js").Action}
 */
export function rejectSuggestion({ ids }) {
  return inWords(t("Reject {what}", { what: suggestionsInWords(ids.length) }), (document) => {
    const open = ids.filter((id) => document.objects.get(id)?.state === "suggested");
    return reviseObjects(document, open, () => ({ state: "rejected" }));
  });
}
