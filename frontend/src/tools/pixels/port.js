/**
 * Both ends of the wire between the page and its worker: questions with a number, answers with the
 * same number. Typed arrays that an answer holds are handed over, not copied.
 */
import { JOBS } from "./jobs.js";

/** @typedef {import("./jobs.js").Jobs} Jobs */
/** @typedef {{id: number, job: keyof Jobs, parts: unknown}} Question */
/** @typedef {{id: number, result?: unknown, problem?: string}} Answer */
/**
 * @typedef {Object} Port a Worker, a worker's self or a MessagePort
 * @property {(message: unknown, transfer: Transferable[]) => void} postMessage
 * @property {((event: MessageEvent) => void) | null} onmessage
 */

/**
 * Answer every question that comes in, one after the other.
 * @param {Port} port
 */
export function serve(port) {
  /** @type {import("./jobs.js").Desk} */
  const desk = { picture: null };
  let turn = Promise.resolve();
  port.onmessage = ({ data }) => {
    const { id, job, parts } = /** @type {Question} */ (data);
    turn = turn.then(async () => {
      try {
        const work = /** @type {(desk: import("./jobs.js").Desk, parts: unknown) => unknown} */ (
          JOBS[job]
        );
        const result = await work(desk, parts);
        port.postMessage({ id, result }, buffersIn(result));
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        port.postMessage({ id, problem }, []);
      }
    });
  };
}

/**
 * @param {unknown} result
 * @returns {Transferable[]}
 */
function buffersIn(result) {
  if (result === null || typeof result !== "object") return [];
  return Object.values(result).flatMap((value) =>
    ArrayBuffer.isView(value) ? [/** @type {ArrayBuffer} */ (value.buffer)] : [],
  );
}

export class Client {
  #port;
  #next = 1;
  /** @type {Map<number, {resolve: (result: unknown) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();

  /** @param {Port} port */
  constructor(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#settle(/** @type {Answer} */ (data));
  }

  /**
   * @template {keyof Jobs} J
   * @param {J} job
   * @param {Parameters<Jobs[J]>[1]} parts
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Awaited<ReturnType<Jobs[J]>>>}
   */
  ask(job, parts, transfer = []) {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const done = /** @type {(result: unknown) => void} */ (resolve);
      this.#waiting.set(id, { resolve: done, reject });
      this.#port.postMessage({ id, job, parts }, transfer);
    });
  }

  /** @param {Error} error of which no answer will come: every open question fails */
  fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  /** @param {Answer} answer */
  #settle({ id, result, problem }) {
    const asked = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem === undefined) asked?.resolve(Object.freeze(result));
    else asked?.reject(new Error(problem));
  }
}
