/**
 * The bench where tools have pixels worked on: a worker that is started when it is first asked, and
 * the piece of the picture that lies before it.
 */

import { frameFor, serves, wholeFrame } from "../../geometry/frame.js";
import { t } from "../../texts.js";
import { Client } from "./port.js";

/** @typedef {import("../../geometry/frame.js").Frame} Frame */
/** @typedef {import("../../types.js").PixelBench} PixelBench */
/** @typedef {import("./port.js").Port} Port */
/**
 * @typedef {Object} BenchParts
 * @property {import("../../model/store.js").EditorStore} store
 * @property {(frame: Frame) => Promise<Uint8ClampedArray>} read the picture's pixels, 4 bytes a cell
 * @property {() => Port & {terminate?: () => void, onerror?: unknown}} [start]
 */

/** @implements {PixelBench} */
export class Bench {
  #parts;
  /** @type {(Port & {terminate?: () => void}) | null} */
  #port = null;
  /** @type {Client | null} */
  #client = null;
  /** @type {{frame: Frame, put: Promise<unknown>} | null} */
  #lying = null;

  /** @param {BenchParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Have the picture around what is seen before the worker.
   * @param {number} limit cells at most
   * @returns {Promise<Frame>}
   */
  async frame(limit) {
    const { document, session } = this.#parts.store.state;
    const { view, stage } = session;
    const known = this.#lying?.frame;
    const isEnough =
      known !== undefined &&
      known.width * known.height <= limit &&
      serves(known, document.image, view, stage, limit);
    return this.#have(isEnough ? known : frameFor(document.image, view, stage, limit));
  }

  /**
   * Have all of the picture before the worker.
   * @param {number} limit cells at most
   * @returns {Promise<Frame>}
   */
  async whole(limit) {
    const wanted = wholeFrame(this.#parts.store.state.document.image, limit);
    const known = this.#lying?.frame;
    const isIt = known?.x === 0 && known.y === 0 && known.step === wanted.step;
    const isWhole = isIt && known.width === wanted.width && known.height === wanted.height;
    return this.#have(known && isWhole ? known : wanted);
  }

  /** @param {Frame} frame */
  async #have(frame) {
    if (this.#lying?.frame !== frame) this.#lying = { frame, put: this.#put(frame) };
    const lying = this.#lying;
    try {
      await lying.put;
    } catch (error) {
      if (this.#lying === lying) this.#lying = null; // asked for again, it is tried again
      throw error;
    }
    return lying.frame;
  }

  /** @type {PixelBench["ask"]} */
  ask(job, parts) {
    return this.#clientNow().ask(job, parts);
  }

  /** The image is left: nothing asked so far will be answered. */
  close() {
    this.#port?.terminate?.();
    this.#client?.fail(new Error(t("The image was left.")));
    this.#port = null;
    this.#client = null;
    this.#lying = null;
  }

  /** @param {Frame} frame */
  async #put(frame) {
    const rgba = await this.#parts.read(frame);
    const { width, height } = this.#parts.store.state.document.image;
    const parts = { frame, rgba, sizeHw: /** @type {const} */ ([height, width]) };
    await this.#clientNow().ask("picture", parts, [/** @type {ArrayBuffer} */ (rgba.buffer)]);
  }

  #clientNow() {
    if (this.#client) return this.#client;
    const port = (this.#parts.start ?? startWorker)();
    const client = new Client(port);
    port.onerror = () => {
      client.fail(new Error(t("The browser could not start the worker for pixel tools.")));
      this.close();
    };
    this.#port = port;
    this.#client = client;
    return client;
  }
}

/** @returns {Port & {terminate: () => void, onerror?: unknown}} */
function startWorker() {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  return /** @type {Port & {terminate: () => void, onerror?: unknown}} */ (
    /** @type {unknown} */ (worker)
  );
}
