/** Smart clicks: a prompt goes out, candidate masks come back, best first. */

import { t } from "../texts.js";
import { ApiProblem } from "./client.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("../types.js").Prompt} Prompt
 * @typedef {import("../types.js").Candidate} Candidate
 * @typedef {import("../types.js").Rle} Rle
 */

const ACCEPTED = 202;
const UNAVAILABLE = 503;
const WAIT_S = 1;
/** Refusals that no waiting mends: somebody must install or mend a model first. */
const FINAL = new Set(["model_missing", "model_broken", "checkpoint_refused", "prompt_failed"]);
/** An encoder on two cores takes up to 21 s, and a person may be waiting behind a queue. */
const PATIENCE_MS = 120_000;

/**
 * @typedef {Object} WireCandidate
 * @property {Rle} segmentation
 * @property {number} score
 * @property {number} stability
 * @property {string | null} logits
 */
/** @typedef {{segmenter: string, milliseconds: number, candidates: readonly WireCandidate[]}} PromptAnswer */

/**
 * Asks until the embedding is there or patience ends.
 * @param {Client} client
 * @param {number} image
 * @param {Prompt} prompt
 * @param {Object} options
 * @param {string} [options.segmenter] "" is the project's own
 * @param {AbortSignal} [options.signal]
 * @param {(words: string) => void} [options.onWait] told why it takes longer
 * @param {(ms: number) => Promise<void>} [options.sleep]
 * @returns {Promise<{candidates: readonly Candidate[], segmenter: string, milliseconds: number}>}
 */
export async function fetchCandidates(client, image, prompt, options = {}) {
  const { segmenter = "", signal, onWait = () => {}, sleep = pause } = options;
  const own = { logits: ownLogits(prompt), isCloser: undefined }; // the server sees to it by itself
  const json = { ...prompt, ...own, ...(segmenter ? { segmenter } : {}) };
  let waited_ms = 0;
  for (;;) {
    const turn = await askOnce(client, image, json, signal);
    if ("candidates" in turn) return readCandidates(turn);
    if (waited_ms >= PATIENCE_MS) throw turn.problem;
    onWait(turn.words);
    await sleep(turn.wait_s * 1000);
    waited_ms += turn.wait_s * 1000;
  }
}

/**
 * Logits that the browser's decoder gave mean nothing to the server; its clicks say enough.
 * @param {Prompt} prompt
 */
function ownLogits({ logits }) {
  return typeof logits === "string" ? logits : null;
}

/**
 * @param {Client} client
 * @param {number} image
 * @param {unknown} json
 * @param {AbortSignal} [signal]
 * @returns {Promise<PromptAnswer | {wait_s: number, words: string, problem: Error}>}
 */
async function askOnce(client, image, json, signal) {
  try {
    const answer = await client.send("POST", `images/${image}/prompt/`, { json, signal });
    if (answer.status !== ACCEPTED) return /** @type {PromptAnswer} */ (answer.data);
    const words = t("The image is being read by the model (once per image).");
    return {
      wait_s: answer.retryAfter_s ?? WAIT_S,
      words,
      problem: new Error(t("{words} It takes too long; is a worker running?", { words })),
    };
  } catch (error) {
    const busy =
      error instanceof ApiProblem && error.status === UNAVAILABLE && error.retryAfter_s !== null;
    if (!busy || FINAL.has(error.code)) throw error;
    return { wait_s: error.retryAfter_s || WAIT_S, words: error.message, problem: error };
  }
}

/** @param {PromptAnswer} answer */
function readCandidates(answer) {
  const candidates = answer.candidates.map((one) =>
    Object.freeze({
      rle: one.segmentation,
      score: one.score,
      stability: one.stability,
      logits: one.logits,
      model: answer.segmenter,
    }),
  );
  return { candidates, segmenter: answer.segmenter, milliseconds: answer.milliseconds };
}

/** @param {number} ms @returns {Promise<void>} */
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
