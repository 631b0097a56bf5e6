/**
 * onnxruntime-web, loaded when first needed: WebAssembly, several threads where the page is isolated
 * from others (which needs a secure context), one thread elsewhere.
 */

/**
 * The parts of onnxruntime-web (onnxruntime-common's types) that are used here.
 * @typedef {{readonly data: Float32Array, readonly dims: readonly number[]}} Tensor
 * @typedef {Object} Session
 * @property {readonly string[]} inputNames
 * @property {(feeds: Record<string, Tensor>, fetches: readonly string[]) => Promise<Record<string, Tensor>>} run
 * @property {() => Promise<void>} release
 * @typedef {Object} Runtime
 * @property {new (type: "float32", data: Float32Array, dims: readonly number[]) => Tensor} Tensor
 * @property {{create: (model: Uint8Array, options: object) => Promise<Session>}} InferenceSession
 * @property {{wasm: {numThreads: number, proxy: boolean}, logLevel: string}} env
 */

const PLACE = "../../vendor/onnxruntime-web/ort.wasm.bundle.min.mjs";
const MOST_THREADS = 4; // beyond it a decoder of this size gains nothing, and the page needs some

/** @returns {number} */
export function threadsHere() {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.min(Math.max(navigator.hardwareConcurrency ?? 1, 1), MOST_THREADS);
}

/**
 * @param {number} threads
 * @returns {Promise<Runtime>}
 */
export async function loadRuntime(threads) {
  const address = new URL(PLACE, import.meta.url).href;
  const runtime = /** @type {Runtime} */ (await import(address));
  runtime.env.wasm.numThreads = threads;
  runtime.env.wasm.proxy = false; // this is a worker already
  runtime.env.logLevel = "error";
  return runtime;
}
