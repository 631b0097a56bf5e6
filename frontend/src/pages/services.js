/** What the tools borrow from the page: predictions of the server's model, and a voice. */

import { fetchCandidates } from "../api/prompts.js";

/**
 * @param {Object} parts
 * @param {import("../api/client.js").Client} parts.client
 * @param {import("../api/wire.js").WireImage} parts.image
 * @param {import("./board.js").Board} parts.board
 * @param {import("../panels/toasts.js").Toasts} parts.toasts
 * @returns {import("../types.js").Services}
 */
export function createServices({ client, image, board, toasts }) {
  return {
    predict: async (prompt) => {
      try {
        const onWait = (/** @type {string} */ waiting) => board.show({ waiting });
        const answer = await fetchCandidates(client, image.id, prompt, { onWait });
        board.show({ model: { name: answer.segmenter, ms: answer.milliseconds } });
        return answer.candidates;
      } finally {
        board.show({ waiting: "" });
      }
    },
    notify: (message, kind) => toasts.say(message, kind === "error" ? "bad" : kind),
  };
}
