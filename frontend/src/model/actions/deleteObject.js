import { t } from "../../texts.js";
import { withObjects } from "../document.js";
import { inWords, objectsInWords } from "./action.js";

/**
 * @param {{ids: readonly string[]}} parts
 * @returns {import("../../types.js").Action}
 */
export function deleteObject({ ids }) {
  return inWords(t("Delete {what}", { what: objectsInWords(ids.length) }), (document) =>
    withObjects(
      document,
      ids.map((id) => /** @type {const} */ ([id, null])),
    ),
  );
}
