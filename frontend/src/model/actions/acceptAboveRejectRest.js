import { t } from "../../texts.js";
import { acceptSuggestion } from "./acceptSuggestion.js";
import { inWords } from "./action.js";
import { rejectSuggestion } from "./rejectSuggestion.js";

/**
 * Accept every suggestion that scores at least the threshold and reject the others, as one step.
 * What cannot be judged is left alone: a suggestion without a score, and one to accept that has no
 * label while `label` is null.
 * @param {{threshold: number, label: number | null}} parts
 * @returns {import("../../types.js").Action}
 */
export function acceptAboveRejectRest({ threshold, label }) {
  return inWords(t("Accept above, reject the rest"), (document) => {
    /** @type {string[]} */
    const above = [];
    /** @type {string[]} */
    const below = [];
    for (const { id, state, score } of document.objects.values()) {
      if (state !== "suggested" || score === null) continue;
      (score >= threshold ? above : below).push(id);
    }
    const accepted = acceptSuggestion({ ids: above, label })(document);
    return rejectSuggestion({ ids: below })(accepted);
  });
}
