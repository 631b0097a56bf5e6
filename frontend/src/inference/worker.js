/**
 * The decoder's own thread. It is asked one thing after the other and answers each with its number;
 * what is asked is in `Asked` below. Embeddings wait in memory (a few) and on disk (many).
 */
import { answerPrompt, Foresight } from "./answers.js";
import { Decoder } from "./decoder.js";
import { FeatureCache } from "./featureCache.js";
import { fromHalves } from "./halves.js";
import { loadRuntime, threadsHere } from "./runtime.js";

/** @typedef {import("../types.js").Prompt} Prompt */
/** @typedef {import("./decoder.js").Features} Features */
/** @typedef {readonly [height: number, width: number]} SizeHw */
/**
 * @typedef {{op: "open", file: ArrayBuffer, threads?: number}} Open
 * @typedef {{op: "recall", key: string, sizeHw: SizeHw}} Recall
 * @typedef {{op: "remember", key: string, sizeHw: SizeHw, shape: readonly number[], half: ArrayBuffer}} Remember
 * @typedef {{op: "answer", key: string, prompt: Prompt}} Answer
 * @typedef {{op: "foresee", key: string, prompt: Prompt, isFresh: boolean}} Foresee
 * @typedef {Open | Recall | Remember | Answer | Foresee} Asked
 */

const KEPT = 4; // embeddings in memory: the open image, two ahead and the one before

/** @type {Decoder | null} */
let decoder = null;
/** @type {Map<string, Features>} in the order of use */
const kept = new Map();
const foresight = new Foresight();
/** A browser may refuse storage (private windows, full disks); then nothing is kept on disk. */
const cache = FeatureCache.open().catch(() => null);

/** @param {Asked} asked @returns {Promise<unknown>} */
async function serve(asked) {
  switch (asked.op) {
    case "open":
      return open(asked);
    case "recall":
      return recall(asked);
    case "remember":
      return remember(asked);
    case "answer":
      return answerPrompt(opened(), featuresOf(asked.key), asked.prompt);
    case "foresee":
      if (asked.isFresh) foresight.forget();
      return foresight.foresee(opened(), featuresOf(asked.key), asked.prompt);
  }
}

/** @param {Open} asked */
async function open({ file, threads = threadsHere() }) {
  await decoder?.close();
  kept.clear();
  decoder = await Decoder.open(await loadRuntime(threads), new Uint8Array(file));
  return { name: decoder.name, version: decoder.version, threads };
}

/** @param {Recall} asked @returns {Promise<boolean>} whether the embedding is at hand now */
async function recall({ key, sizeHw }) {
  if (kept.has(key)) return true;
  const stored = await (await cache)?.get(key).catch(() => null);
  if (!stored) return false;
  keep(key, stored, sizeHw);
  return true;
}

/** @param {Remember} asked */
async function remember({ key, sizeHw, shape, half }) {
  keep(key, { shape, half }, sizeHw);
  await (await cache)?.put(key, { shape, half }).catch(() => {}); // fetched again next time
}

/**
 * @param {string} key
 * @param {{shape: readonly number[], half: ArrayBuffer}} stored
 * @param {SizeHw} sizeHw
 */
function keep(key, { shape, half }, sizeHw) {
  kept.set(key, opened().features(fromHalves(half), shape, sizeHw));
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) return;
    kept.delete(oldest);
  }
}

function opened() {
  if (!decoder) throw new Error("no decoder has been opened");
  return decoder;
}

/** @param {string} key */
function featuresOf(key) {
  const features = kept.get(key);
  if (!features) throw new Error("the embedding is not at hand");
  kept.delete(key);
  kept.set(key, features);
  return features;
}

/** One after the other: a runtime of one session must not be asked twice at once. */
let last = Promise.resolve();
addEventListener("message", ({ data }) => {
  const { id, asked } = /** @type {{id: number, asked: Asked}} */ (data);
  last = last.then(async () => {
    try {
      postMessage({ id, answer: await serve(asked) });
    } catch (error) {
      postMessage({ id, problem: error instanceof Error ? error.message : String(error) });
    }
  });
});
