import { t } from "../../texts.js";
import { reviseObjects } from "../document.js";
import { inWords, suggestionsInWords } from "./action.js";

/**
 * Confirm suggestions. One without a label takes the given one; where that is null too it stays a
 * suggestion, since a confirmed object has a label.
 * @param {{ids: readonly string[], label: number | null}} parts
 * @returns {import("../../types.js").Action}
 */
export function acceptSuggestion({ ids, label }) {
  return inWords(t("Accept {what}", { what: suggestionsInWords(ids.length) }), (document) => {
    const acceptable = ids.filter((id) => {
      const object = document.objects.get(id);
      return object?.state === "suggested" && (object.label ?? label) !== null;
    });
    return reviseObjects(document, acceptable, (object) => ({
      label: object.label ?? label,
      state: "confirmed",
    }));
  });
}
