/**
 * The model in the browser: its decoder opened once, the embedding of the open image brought as soon
 * as the server has it, those of the next images ahead of time. Whatever is missing, the answer is
 * null and whoever asked goes to the server; nobody is told, since nothing is lost but time.
 */
import { fetchDecoder, fetchFeatures } from "../api/features.js";
import { BrowserDecoder } from "../inference/browserDecoder.js";
import { stillness } from "./stillness.js";

/** @typedef {import("../api/client.js").Client} Client */
/** @typedef {import("../types.js").Prompt} Prompt */
/** @typedef {import("../types.js").Candidate} Candidate */
/** @typedef {import("../types.js").Rle} Rle */
/**
 * @typedef {Pick<import("../api/wire.js").WireImage, "id" | "sha256" | "width" | "height">} Pictured
 */
/** @template T @typedef {{answer: T, ms: number}} Timed */

const LONGEST_WAIT_S = 10;

export class BrowserModel {
  #client;
  #segmenter;
  #keeps;
  #viewOf;
  #open;
  #sleep;
  /** @type {BrowserDecoder | null} */
  #decoder = null;
  /** @type {Promise<boolean> | null} whether the decoder is open; one opening at a time */
  #opening = null;
  #isImpossible = false;
  /** @type {Set<string>} embeddings that the decoder has had */
  #atHand = new Set();

  /**
   * @param {Client} client
   * @param {string} segmenter by name
   * @param {{keeps?: () => Promise<boolean>, viewOf?: () => unknown,
   *   open?: (file: ArrayBuffer) => Promise<BrowserDecoder>,
   *   sleep?: (ms: number) => Promise<void>}} [options] keeps: whether the segmenter has anything
   *   for browsers; nothing is asked of one that has not. viewOf: of the picture; the decoder is
   *   opened once that rests
   */
  constructor(
    client,
    segmenter,
    {
      keeps = async () => true,
      viewOf = () => null,
      open = BrowserDecoder.open,
      sleep = pause,
    } = {},
  ) {
    this.#client = client;
    this.#segmenter = segmenter;
    this.#keeps = keeps;
    this.#viewOf = viewOf;
    this.#open = open;
    this.#sleep = sleep;
  }

  /**
   * See that the image can be answered here, however long the server takes.
   * @param {Pictured} image
   * @param {() => boolean} isWanted
   * @returns {Promise<boolean>}
   */
  async prepare(image, isWanted) {
    for (let round = 1; isWanted() && !this.#isImpossible; round += 1) {
      const wait_s = await this.#fetch(image);
      if (wait_s === 0) return true;
      await this.#sleep(Math.min(wait_s * round, LONGEST_WAIT_S) * 1000);
    }
    return false;
  }

  /**
   * Embeddings that the server has already; those it has not are asked for, and not waited for.
   * @param {readonly Pictured[]} images
   */
  async prefetch(images) {
    for (const image of images) if (!this.#isImpossible) await this.#fetch(image);
  }

  /**
   * @param {Pictured} image
   * @param {Prompt} prompt
   * @returns {Promise<Timed<readonly Candidate[]> | null>}
   */
  async answer(image, prompt) {
    if (prompt.region || prompt.isCloser) return null; // a part is encoded anew, which takes the server's encoder
    return this.#timed(image, (decoder, key, size) => decoder.answer(key, size, ownLogits(prompt)));
  }

  /**
   * @param {Pictured} image
   * @param {Prompt} prompt
   * @param {boolean} isFresh nothing was shown before
   * @returns {Promise<Timed<{rle: Rle, score: number}> | null>}
   */
  foresee(image, prompt, isFresh) {
    return this.#timed(image, (decoder, key, size) =>
      decoder.foresee(key, size, ownLogits(prompt), isFresh),
    );
  }

  /**
   * @template T
   * @param {Pictured} image
   * @param {(decoder: BrowserDecoder, key: string, size: readonly [number, number]) => Promise<T>} ask
   * @returns {Promise<Timed<T> | null>}
   */
  async #timed(image, ask) {
    const key = this.#keyOf(image);
    if (!this.#decoder || !this.#atHand.has(key)) return null;
    const began = performance.now();
    try {
      const answer = await ask(this.#decoder, key, [image.height, image.width]);
      return { answer, ms: performance.now() - began };
    } catch {
      this.#atHand.delete(key); // the next opening of the image tries again
      return null;
    }
  }

  /**
   * @param {Pictured} image
   * @returns {Promise<number>} 0 when the embedding is at hand, else seconds until it may be
   */
  async #fetch(image) {
    if (!(await this.#keeps())) {
      this.#isImpossible = true;
      return 1;
    }
    const isOpen = await this.#ensureDecoder();
    if (isOpen && (await this.#recall(image))) return 0;
    // Without a decoder the question is asked all the same: it is what makes the server write one.
    const found = await fetchFeatures(this.#client, image.id);
    if (found.kind === "never") this.#isImpossible = true;
    if (found.kind !== "features") return found.kind === "later" ? found.wait_s : 1;
    if (!isOpen && !(await this.#ensureDecoder())) return 1;
    if (found.version !== this.#decoder?.version) {
      if (!(await this.#ensureDecoder({ isStale: true }))) return 1;
      if (found.version !== this.#decoder?.version) return LONGEST_WAIT_S;
    }
    return this.#remember(image, found);
  }

  /**
   * @param {Pictured} image
   * @param {{shape: readonly number[], half: ArrayBuffer}} features
   */
  async #remember(image, features) {
    const key = this.#keyOf(image);
    try {
      await this.#decoder?.remember(key, [image.height, image.width], features);
    } catch {
      this.#isImpossible = true;
      return 1;
    }
    this.#atHand.add(key);
    return 0;
  }

  /** @param {Pictured} image */
  async #recall(image) {
    const key = this.#keyOf(image);
    try {
      const isThere = await this.#decoder?.recall(key, [image.height, image.width]);
      if (isThere) this.#atHand.add(key);
      return isThere === true;
    } catch {
      this.#isImpossible = true;
      return false;
    }
  }

  /** @param {{isStale?: boolean}} [options] */
  async #ensureDecoder(options = {}) {
    if (this.#decoder && !options.isStale) return true;
    this.#opening ??= this.#openDecoder(options).finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** @param {{isStale?: boolean}} options */
  async #openDecoder(options) {
    const file = await fetchDecoder(this.#client, this.#segmenter, options);
    if (file.kind === "never") this.#isImpossible = true;
    if (file.kind !== "file") return false;
    await stillness(this.#viewOf, this.#sleep);
    try {
      const former = this.#decoder;
      this.#decoder = await this.#open(file.bytes);
      this.#atHand.clear();
      former?.close();
    } catch {
      this.#isImpossible = true; // no WebAssembly, a policy of the browser, or a file it cannot run
      return false;
    }
    return true;
  }

  /** @param {Pictured} image */
  #keyOf({ sha256 }) {
    return `${this.#segmenter}:${this.#decoder?.version ?? ""}:${sha256}`;
  }
}

/**
 * Logits are opaque and belong to whoever gave them; the server's mean nothing here.
 * @param {Prompt} prompt
 * @returns {Prompt}
 */
function ownLogits(prompt) {
  return prompt.logits instanceof Float32Array ? prompt : { ...prompt, logits: null };
}

/** @param {number} ms @returns {Promise<void>} */
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
