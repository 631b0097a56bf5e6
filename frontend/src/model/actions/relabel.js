import { t } from "../../texts.js";
import { reviseObjects } from "../document.js";
import { inWords, objectsInWords } from "./action.js";
import { confirmAll } from "./claimPixels.js";

/**
 * Give objects a label, which confirms them, or (null) take it away, which makes them suggestions.
 * @param {{ids: readonly string[], label: number | null,
 *   keepers?: ReadonlySet<string>}} parts keepers: ids of those that give no pixel up
 * @returns {import("../../types.js").Action}
 */
export function relabel({ ids, label, keepers }) {
  return inWords(t("Relabel {what}", { what: objectsInWords(ids.length) }), (document) => {
    const differing = ids.filter((id) => {
      const object = document.objects.get(id);
      return object && (object.label !== label || object.state !== stateWith(label));
    });
    const revise = () => ({ label, state: stateWith(label) });
    if (label === null) return reviseObjects(document, differing, revise);
    const isConfirmed = (/** @type {string} */ id) =>
      document.objects.get(id)?.state === "confirmed";
    const relabelled = reviseObjects(document, differing.filter(isConfirmed), revise);
    const fresh = differing.filter((id) => !isConfirmed(id));
    return confirmAll(relabelled, fresh, revise, keepers);
  });
}

/**
 * @param {number | null} label
 * @returns {import("../../types.js").ObjectState}
 */
function stateWith(label) {
  return label === null ? "suggested" : "confirmed";
}
