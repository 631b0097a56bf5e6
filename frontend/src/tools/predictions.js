/**
 * Questions to a model, one at a time: while one is under way only the latest further one is kept,
 * and an answer that is no longer wanted is dropped.
 */

/** @typedef {import("../types.js").Prompt} Prompt */
/** @typedef {import("../types.js").Candidate} Candidate */
/**
 * @typedef {Object} Replies
 * @property {(candidates: readonly Candidate[]) => void} answer
 * @property {(error: Error) => void} fail
 * @property {(busy: boolean) => void} busy
 */

export class Predictions {
  #predict;
  #replies;
  #asking = false;
  /** @type {Prompt | null} */
  #next = null;
  #generation = 0;

  /**
   * @param {(prompt: Prompt) => Promise<readonly Candidate[]>} predict
   * @param {Replies} replies
   */
  constructor(predict, replies) {
    this.#predict = predict;
    this.#replies = replies;
  }

  /** @param {Prompt} prompt takes the place of every earlier one */
  ask(prompt) {
    this.#generation += 1;
    this.#next = prompt;
    if (!this.#asking) void this.#run();
  }

  /** Whatever was asked is no longer wanted. */
  forget() {
    this.#generation += 1;
    this.#next = null;
    if (this.#asking) this.#replies.busy(false);
  }

  async #run() {
    this.#asking = true;
    while (this.#next) {
      const prompt = this.#next;
      const generation = this.#generation;
      this.#next = null;
      this.#replies.busy(true);
      const outcome = await this.#outcome(prompt);
      if (generation !== this.#generation) continue;
      this.#replies.busy(false);
      if (outcome instanceof Error) this.#replies.fail(outcome);
      else this.#replies.answer(outcome);
    }
    this.#asking = false;
  }

  /**
   * @param {Prompt} prompt
   * @returns {Promise<readonly Candidate[] | Error>}
   */
  async #outcome(prompt) {
    try {
      return await this.#predict(prompt);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
