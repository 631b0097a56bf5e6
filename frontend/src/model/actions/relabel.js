import { t } from "../../texts.js";
import { reviseObjects } from "../document.js";
import { inWords, objectsInWords } from "./action.js";

/**
 * Give objects a label, which confirms them, or (null) take it away, which makes them suggestions.
 * @param {{ids: readonly string[], label: number | null}} parts
 * @returns {import("../../types.js").Action}
 */
export function relabel({ ids, label }) {
  return inWords(t("Relabel {what}", { what: objectsInWords(ids.length) }), (document) => {
    const differing = ids.filter((id) => {
      const object = document.objects.get(id);
      return object && (object.label !== label || object.state !== stateWith(label));
    });
    return reviseObjects(document, differing, () => ({ label, state: stateWith(label) }));
  });
}

/**
 * @param {number | null} label
 * @returns {import("../../types.js").ObjectState}
 */
function stateWith(label) {
  return label === null ? "suggested" : "confirmed";
}
