/** Whether an image may be changed here and now, and if not, why. */

import { t } from "../texts.js";

const CLOSED = new Set(["submitted", "accepted"]);

/**
 * @param {readonly string[]} can what the person may do in the project
 * @param {Pick<import("../api/wire.js").WireImage, "status">} image
 * @param {boolean} isWriter false while another tab writes
 * @returns {{elsewhere: boolean, readOnly: string}} readOnly: the reason, or ""
 */
export function permission(can, { status }, isWriter) {
  if (!isWriter) return { elsewhere: true, readOnly: t("This image is open in another tab.") };
  if (!can.includes("annotate"))
    return { elsewhere: false, readOnly: t("You may look at this project, but not change it.") };
  if (!CLOSED.has(status)) return { elsewhere: false, readOnly: "" };
  const how = can.includes("reopen")
    ? t("Reopen it to change it.")
    : t("A reviewer can reopen it.");
  return { elsewhere: false, readOnly: t("This image is {status}. {how}", { status, how }) };
}
