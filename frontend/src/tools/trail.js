/**
 * What is drawn step by step, the steps that were taken back, and the way there and back.
 * @template Step
 */
export class Trail {
  /** @type {readonly Step[]} */
  steps = [];
  /** @type {readonly Step[]} taken back, the next to come again last */
  #undone = [];

  /** @returns {Step | undefined} */
  get last() {
    return this.steps.at(-1);
  }

  /** @param {Step} step */
  add(step) {
    this.steps = [...this.steps, step];
    this.#undone = [];
  }

  /** @returns {boolean} whether there was one to take back */
  undo() {
    const last = this.last;
    if (last === undefined) return false;
    this.steps = this.steps.slice(0, -1);
    this.#undone = [...this.#undone, last];
    return true;
  }

  /** @returns {boolean} whether one had been taken back */
  redo() {
    const next = this.#undone.at(-1);
    if (next === undefined) return false;
    this.#undone = this.#undone.slice(0, -1);
    this.steps = [...this.steps, next];
    return true;
  }

  clear() {
    this.steps = [];
    this.#undone = [];
  }
}
