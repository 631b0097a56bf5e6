import { t } from "../../texts.js";
import { withLabels } from "../document.js";
import { inWords } from "./action.js";

/**
 * Add a label or replace the one with its id. Labels belong to the project: dispatch it as remote
 * once the server has stored the label.
 * @param {import("../../types.js").Label} label
 * @returns {import("../../types.js").Action}
 */
export function putLabel(label) {
  return inWords(t("Put label"), (document) =>
    withLabels(document, [...document.labels.filter(({ id }) => id !== label.id), label]),
  );
}
