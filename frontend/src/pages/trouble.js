/** What went wrong, in words for people. */

import { ApiProblem } from "../api/client.js";
import { t } from "../texts.js";

/** @param {unknown} error */
export function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Why an image is not on the screen.
 * @param {unknown} error
 * @returns {import("../panels/view.js").Trouble}
 */
export function troubleOf(error) {
  if (error instanceof ApiProblem && error.status === 404)
    return {
      words: t("There is no such image"),
      why: t("It was deleted, or it belongs to a project that you are not a member of."),
      action: null,
    };
  return {
    words: t("The image cannot be opened"),
    why: wordsOf(error),
    action: { words: t("Try again"), command: "retryOpen" },
  };
}
