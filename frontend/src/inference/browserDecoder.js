/** The page's side of the decoder's worker: questions become promises, masks become Rle values. */
import { fromToggles } from "../geometry/rle.js";

/** @typedef {import("../types.js").Candidate} Candidate */
/** @typedef {import("../types.js").Prompt} Prompt */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./answers.js").WorkedCandidate} WorkedCandidate */
/** @typedef {import("./worker.js").Asked} Asked */
/** @typedef {readonly [height: number, width: number]} SizeHw */
/** @typedef {Pick<Worker, "postMessage" | "terminate" | "addEventListener">} Thread */
/** @typedef {{resolve: (answer: unknown) => void, reject: (error: Error) => void}} Waiting */

/** The browser cannot decode; whoever asked asks the server. */
export class BrowserCannot extends Error {}

export class BrowserDecoder {
  #thread;
  #name = "";
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  #asked = 0;
  #isBroken = false;
  version = "";
  threads = 0;

  /** @param {Thread} thread */
  constructor(thread) {
    this.#thread = thread;
    thread.addEventListener("message", (event) =>
      this.#settle(/** @type {MessageEvent} */ (event).data),
    );
    thread.addEventListener("error", () => this.#break("the decoder's thread broke"));
    thread.addEventListener("messageerror", () => this.#break("the decoder's thread broke"));
  }

  /**
   * @param {ArrayBuffer} file ONNX; handed over to the worker
   * @param {{thread?: Thread, threads?: number}} [options]
   * @returns {Promise<BrowserDecoder>}
   * @throws {BrowserCannot} without workers or WebAssembly, or when the file cannot be used
   */
  static async open(file, { thread, threads } = {}) {
    const decoder = new BrowserDecoder(thread ?? startThread());
    const facts = await decoder.#ask({ op: "open", file, threads }, [file]);
    const { name, version, ...how } =
      /** @type {{name: string, version: string, threads: number}} */ (facts);
    decoder.#name = name;
    decoder.version = version;
    decoder.threads = how.threads;
    return decoder;
  }

  /**
   * @param {string} key
   * @param {SizeHw} sizeHw of the image
   * @returns {Promise<boolean>} whether the embedding is at hand
   */
  async recall(key, sizeHw) {
    return /** @type {boolean} */ (await this.#ask({ op: "recall", key, sizeHw }));
  }

  /**
   * @param {string} key
   * @param {SizeHw} sizeHw
   * @param {{shape: readonly number[], half: ArrayBuffer}} features handed over to the worker
   */
  async remember(key, sizeHw, { shape, half }) {
    await this.#ask({ op: "remember", key, sizeHw, shape, half }, [half]);
  }

  /**
   * @param {string} key
   * @param {SizeHw} sizeHw
   * @param {Prompt} prompt
   * @returns {Promise<readonly Candidate[]>}
   */
  async answer(key, sizeHw, prompt) {
    const worked = /** @type {WorkedCandidate[]} */ (
      await this.#ask({ op: "answer", key, prompt })
    );
    return worked.map(({ toggles, ...rest }) =>
      Object.freeze({ ...rest, rle: fromToggles(toggles, sizeHw), model: this.#name }),
    );
  }

  /**
   * @param {string} key
   * @param {SizeHw} sizeHw
   * @param {Prompt} prompt
   * @param {boolean} isFresh nothing was shown before
   * @returns {Promise<{rle: Rle, score: number}>}
   */
  async foresee(key, sizeHw, prompt, isFresh) {
    const { toggles, score } = /** @type {{toggles: Uint32Array, score: number}} */ (
      await this.#ask({ op: "foresee", key, prompt, isFresh })
    );
    return { rle: fromToggles(toggles, sizeHw), score };
  }

  close() {
    this.#break("the decoder was closed");
    this.#thread.terminate();
  }

  /**
   * @param {Asked} asked
   * @param {Transferable[]} [handed]
   * @returns {Promise<unknown>}
   */
  #ask(asked, handed = []) {
    if (this.#isBroken) return Promise.reject(new BrowserCannot("the decoder's thread broke"));
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#thread.postMessage({ id, asked }, handed);
    });
  }

  /** @param {{id: number, answer?: unknown, problem?: string}} told */
  #settle({ id, answer, problem }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem === undefined) waiting?.resolve(answer);
    else waiting?.reject(new BrowserCannot(problem));
  }

  /** @param {string} words */
  #break(words) {
    this.#isBroken = true;
    for (const { reject } of this.#waiting.values()) reject(new BrowserCannot(words));
    this.#waiting.clear();
  }
}

/** @returns {Thread} */
function startThread() {
  if (!globalThis.Worker || !globalThis.WebAssembly) {
    throw new BrowserCannot("this browser has no workers or no WebAssembly");
  }
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "decoder" });
}
