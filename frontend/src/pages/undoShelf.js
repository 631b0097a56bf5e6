/** Where the undo steps of images wait between two visits, and what of them still applies. */

import { fetchAnnotations } from "../api/images.js";
import { PastSteps } from "../api/pastSteps.js";
import { t } from "../texts.js";
import { absentIds, NOTHING_KEPT, revive, UndoKeeper } from "./undoKeeper.js";

/**
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../panels/toasts.js").Toasts} Toasts
 * @typedef {import("../types.js").EditorDocument} EditorDocument
 */

/**
 * What is known of an image's past before it is opened.
 * @typedef {Object} Past
 * @property {(document: EditorDocument) => import("../model/history.js").History} lead the history
 *   that led to the document
 * @property {Iterable<readonly [string, number]>} revisions of deleted objects that an undo may
 *   bring back
 * @property {(store: import("../model/store.js").EditorStore) => () => void} follow keep what comes
 *   from now on, until the answer is called
 */

export class UndoShelf {
  #client;
  #toasts;
  /** @type {PastSteps | null} */
  #steps;

  /**
   * @param {PastSteps | null} steps null: this browser keeps nothing
   * @param {{client: Client, toasts: Toasts}} parts
   */
  constructor(steps, { client, toasts }) {
    this.#steps = steps;
    this.#client = client;
    this.#toasts = toasts;
  }

  /**
   * Without storage undo works as long as the page is open; the outbox tells that nothing is kept.
   * @param {string} scope data folder and user
   * @param {{client: Client, toasts: Toasts}} parts
   */
  static async open(scope, parts) {
    const steps = await PastSteps.open(scope).catch(() => null);
    return new UndoShelf(steps, parts);
  }

  /**
   * @param {number} image that this tab writes
   * @param {readonly WireAnnotation[]} annotations as the server lists them
   * @returns {Promise<Past>}
   */
  async find(image, annotations) {
    const steps = this.#steps;
    if (!steps) return NO_PAST;
    try {
      const kept = await steps.read(image);
      const absent = new Set(absentIds(kept, new Set(annotations.map(({ id }) => id))));
      const revisions = absent.size === 0 ? [] : await this.#revisionsOf(image, absent);
      return {
        revisions,
        lead: (document) => {
          const { history, words } = revive(kept, document);
          if (words) this.#toasts.say(words, "warn");
          return history;
        },
        follow: (store) => {
          const tell = (/** @type {string} */ words) => this.#toasts.say(words, "warn");
          const keeper = new UndoKeeper(steps, { image, store, kept, tell });
          return () => keeper.leave();
        },
      };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#toasts.say(t("Earlier steps cannot be undone: {why}", { why }), "warn");
      return NO_PAST;
    }
  }

  /**
   * @param {number} image
   * @param {ReadonlySet<string>} ids
   * @returns {Promise<[string, number][]>} none for an object that was never saved, nor for one that
   *   somebody has brought back since the list: an undo must not go over what nobody here has seen
   */
  async #revisionsOf(image, ids) {
    const all = await fetchAnnotations(this.#client, image, { deleted: true });
    const gone = all.filter(({ id, state }) => ids.has(id) && state === "deleted");
    return gone.map(({ id, revision }) => [id, revision]);
  }
}

/** @type {Past} */
export const NO_PAST = {
  revisions: [],
  lead: (document) => revive(NOTHING_KEPT, document).history,
  follow: () => () => {},
};
