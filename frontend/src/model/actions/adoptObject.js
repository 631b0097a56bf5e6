import { t } from "../../texts.js";
import { withObjects } from "../document.js";
import { inWords } from "./action.js";

/**
 * Take an object exactly as the server holds it; for dispatches of remote origin.
 * @param {import("../../types.js").MaskObject} object
 * @returns {import("../../types.js").Action}
 */
export function adoptObject(object) {
  const adopted = Object.freeze({ ...object });
  return inWords(t("Adopt object"), (document) => withObjects(document, [[adopted.id, adopted]]));
}
