/** The state of saving in a few words, the worst first. */

import { t } from "../texts.js";
import { ago, counted } from "./wording.js";

/** @typedef {import("./view.js").OutboxStatus} OutboxStatus */

/**
 * @param {OutboxStatus} outbox
 * @param {number} now
 * @returns {{words: string, kind: string, symbol: string, title: string}}
 */
export function savedWords(outbox, now) {
  const { unsent, conflicts, failed, problem, savedAt } = outbox;
  if (conflicts.length > 0)
    return {
      words: counted(conflicts.length, "conflict"),
      kind: "trouble",
      symbol: "warning",
      title: t("Somebody else changed the same object. Click to decide."),
    };
  if (failed.length > 0)
    return {
      words: t("{count} not saved", { count: failed.length }),
      kind: "trouble",
      symbol: "warning",
      title: failed[0]?.problem?.detail ?? "",
    };
  if (unsent > 0)
    return {
      words: t("{unsent} unsent", { unsent }),
      kind: problem ? "waiting" : "",
      symbol: problem ? "cloud-off" : "cloud",
      title: problem?.detail ?? t("On the way to the server."),
    };
  if (savedAt === null)
    return {
      words: t("All saved"),
      kind: "",
      symbol: "check",
      title: t("Every change is saved at once."),
    };
  return {
    words: t("Saved {when}", { when: ago(savedAt, now) }),
    kind: "",
    symbol: "check",
    title: t("The server has acknowledged every change."),
  };
}
