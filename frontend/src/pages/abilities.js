/**
 * What the installed models can do, asked of the server once a page, so that nothing is asked of a
 * model that it is known not to do.
 */

import { fetchSegmenters } from "../api/segmenters.js";
import { t } from "../texts.js";

/** @typedef {import("../api/segmenters.js").WireSegmenter} WireSegmenter */
/**
 * Who answers, or what somebody must do before anybody can.
 * @typedef {{segmenter: string, missing: ""} | {segmenter: null, missing: string}} Answerer
 */

const NO_SUCH_MODEL = t("No model here can do this.");

export class Abilities {
  #client;
  /** @type {Promise<readonly WireSegmenter[]> | null} */
  #asked = null;

  /** @param {import("../api/client.js").Client} client */
  constructor(client) {
    this.#client = client;
  }

  /**
   * Whether a segmenter keeps embeddings for decoders in the browser.
   * @param {string} name
   * @returns {Promise<boolean>} true where it is not known: who asks hears it from the server
   */
  async keepsFeatures(name) {
    const known = (await this.#list()).find((one) => one.name === name);
    return !known || (known.installed && known.browser_decoder && known.stores_embedding);
  }

  /**
   * Whether the server answers small boxes better than the whole image's embedding can.
   * @param {string} name
   */
  async looksCloser(name) {
    return (await this.#list()).some((one) => one.name === name && one.looks_closer);
  }

  /**
   * @param {string} kind of prompt
   * @param {string} own segmenter of the project: the first choice
   * @returns {Promise<Answerer>}
   */
  async answererOf(kind, own) {
    const able = (await this.#list()).filter(({ kinds }) => kinds.includes(kind));
    const ready = able.filter(({ installed }) => installed);
    const chosen = ready.find(({ name }) => name === own) ?? ready[0];
    if (chosen) return { segmenter: chosen.name, missing: "" };
    return { segmenter: null, missing: able[0]?.why_not || NO_SUCH_MODEL };
  }

  /** An answer that did not come is asked for again. */
  #list() {
    this.#asked ??= fetchSegmenters(this.#client).catch(() => {
      this.#asked = null;
      return [];
    });
    return this.#asked;
  }
}
