import { withObjects } from "../document.js";
import { counted, inWords } from "./action.js";

/**
 * @param {{ids: readonly string[]}} parts
 * @returns {import("../../types.js").Action}
 */
export function deleteObject({ ids }) {
  return inWords(`Delete ${counted(ids.length, "object")}`, (document) =>
    withObjects(
      document,
      ids.map((id) => /** @type {const} */ ([id, null])),
    ),
  );
}
