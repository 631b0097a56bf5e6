/** An image is handed in when all that was done to it is saved, and not before. */

import { submitImage } from "../api/images.js";
import { counted } from "../panels/wording.js";
import { t } from "../texts.js";
import { wordsOf } from "./trouble.js";

/**
 * @param {Pick<import("./desk.js").DeskParts, "board" | "outbox" | "client" | "toasts">} parts
 * @param {{readonly id: number, readonly name: string}} image
 * @returns {Promise<boolean>} false: it was not, and why has been told
 */
export async function submitSaved({ board, outbox, client, toasts }, { id, name }) {
  if (!(await outbox.drained(id))) {
    toasts.say(t("Not submitted: some changes are not saved yet."), "bad");
    board.show({ dialog: board.facts.outbox.conflicts.length > 0 ? "conflict" : "unsent" });
    return false;
  }
  try {
    const left = await submitImage(client, id);
    const rest = left > 0 ? t(" {what} undecided.", { what: counted(left, "suggestion") }) : "";
    toasts.say(t("{name} submitted.{rest}", { name, rest }), "good");
    return true;
  } catch (error) {
    toasts.say(t("Not submitted: {why}", { why: wordsOf(error) }), "bad");
    return false;
  }
}
