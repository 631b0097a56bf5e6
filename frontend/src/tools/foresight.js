/**
 * What a click would make, under a moving pointer: one question at a time, and of those asked
 * meanwhile only the latest. The mask shown last stays until the next one is there.
 */

/** @typedef {import("../types.js").Prompt} Prompt */
/** @typedef {import("../types.js").Foreseen} Foreseen */

export class Foresight {
  #foresee;
  #show;
  /** @type {Prompt | null} */
  #next = null;
  #isAsking = false;
  #generation = 0;
  /** @type {Foreseen | null} */
  #shown = null;

  /**
   * @param {(prompt: Prompt, isFresh: boolean) => Promise<Foreseen | null>} foresee
   * @param {() => void} show called when `shown` has changed
   */
  constructor(foresee, show) {
    this.#foresee = foresee;
    this.#show = show;
  }

  /** The mask under the pointer, null if none is known. */
  get shown() {
    return this.#shown;
  }

  /** @param {Prompt} prompt takes the place of every earlier one */
  ask(prompt) {
    this.#next = prompt;
    if (!this.#isAsking) void this.#run();
  }

  /** No answer is wanted any more; what is shown stays. */
  hold() {
    this.#generation += 1;
    this.#next = null;
  }

  /** Nothing is to be shown. */
  forget() {
    this.hold();
    this.#turn(null);
  }

  async #run() {
    this.#isAsking = true;
    while (this.#next) {
      const prompt = this.#next;
      const generation = this.#generation;
      this.#next = null;
      const seen = await this.#foresee(prompt, this.#shown === null);
      if (generation === this.#generation) this.#turn(seen);
    }
    this.#isAsking = false;
  }

  /** @param {Foreseen | null} seen */
  #turn(seen) {
    if (seen === this.#shown) return;
    this.#shown = seen;
    this.#show();
  }
}
