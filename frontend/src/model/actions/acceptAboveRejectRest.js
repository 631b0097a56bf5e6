import { t } from "../../texts.js";
import { acceptSuggestion } from "./acceptSuggestion.js";
import { inWords } from "./action.js";
import { rejectSuggestion } from "./rejectSuggestion.js";

/**
 * Accept what a threshold accepts and reject what it rejects, as one step.
 * @param {{accepted: readonly string[], rejected: readonly string[], label: number | null,
 *   keepers?: ReadonlySet<string>}} parts label: for those accepted that have none
 * @returns {import("../../types.js").Action}
 */
export function acceptAboveRejectRest({ accepted, rejected, label, keepers }) {
  return inWords(t("Accept above, reject the rest"), (document) => {
    const confirmed = acceptSuggestion({ ids: accepted, label, keepers })(document);
    return rejectSuggestion({ ids: rejected })(confirmed);
  });
}
