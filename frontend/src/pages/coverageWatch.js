/** How much of the image is labelled, counted when the person pauses: it takes a while. */

import { coverage } from "../model/void.js";

/** @typedef {import("../types.js").EditorDocument} EditorDocument */

const DELAY_MS = 400;

export class CoverageWatch {
  #read;
  #board;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {() => EditorDocument | undefined} read the open document
   * @param {import("./board.js").Board} board
   */
  constructor(read, board) {
    this.#read = read;
    this.#board = board;
  }

  /** The document has changed. */
  plan() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const document = this.#read();
      if (document) this.#board.show({ coverage: coverage(document) });
    }, DELAY_MS);
  }
}
