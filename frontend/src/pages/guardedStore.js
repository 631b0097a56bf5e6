/** A store that takes a person's changes only while they can be sent. */

import { EditorStore } from "../model/store.js";

export class GuardedStore extends EditorStore {
  #refusal;

  /**
   * @param {ConstructorParameters<typeof EditorStore>[0]} parts
   * @param {() => boolean} refuses true while nothing may be changed; it tells the person why
   */
  constructor(parts, refuses) {
    super(parts);
    this.#refusal = refuses;
  }

  /**
   * @override
   * @type {EditorStore["dispatch"]}
   */
  dispatch(action, options = {}) {
    if (options.origin !== "remote" && this.#refusal()) return false;
    return super.dispatch(action, options);
  }

  /** @override */
  undo() {
    return this.#refusal() ? false : super.undo();
  }

  /** @override */
  redo() {
    return this.#refusal() ? false : super.redo();
  }
}
