import { t } from "../../texts.js";
import { inWords, suggestionsInWords } from "./action.js";
import { confirmAll } from "./claimPixels.js";

/**
 * Confirm suggestions. One without a label takes the given one; where that is null too it stays a
 * suggestion, since a confirmed object has a label.
 * @param {{ids: readonly string[], label: number | null,
 *   keepers?: ReadonlySet<string>}} parts keepers: ids of those that give no pixel up
 * @returns {import("../../types.js").Action}
 */
export function acceptSuggestion({ ids, label, keepers }) {
  return inWords(t("Accept {what}", { what: suggestionsInWords(ids.length) }), (document) => {
    const acceptable = ids.filter((id) => {
      const object = document.objects.get(id);
      return object?.state === "suggested" && (object.label ?? label) !== null;
    });
    /** @param {Readonly<import("../../types.js").MaskObject>} object */
    const accepted = (object) => ({
      label: object.label ?? label,
      state: /** @type {const} */ ("confirmed"),
    });
    return confirmAll(document, acceptable, accepted, keepers);
  });
}
