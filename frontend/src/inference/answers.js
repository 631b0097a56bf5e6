/**
 * From a prompt of the tools to masks at the size of the image, as the server would answer it. The
 * hover preview takes one of the candidates: the one most like the mask shown last, so that the
 * picture under a moving pointer does not jump between part and whole.
 */

import { promisedMask } from "../geometry/guarantee.js";
import { stability } from "../geometry/lowRes.js";
import { logitsOf } from "../geometry/maskLogits.js";
import { bbox, toggles } from "../geometry/rle.js";

/** @typedef {import("../types.js").Prompt} Prompt */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./decoder.js").Decoder} Decoder */
/** @typedef {import("./decoder.js").Features} Features */
/** @typedef {import("./decoder.js").Reply} Reply */
/**
 * A candidate as it leaves the worker.
 * @typedef {Object} WorkedCandidate
 * @property {Uint32Array} toggles of the mask
 * @property {number} score
 * @property {number} stability
 * @property {Float32Array} logits
 */

const ALIKE = 0.5; // IoU; below it the pointer has reached another object
const LOW_PER_CELL = 4;

/**
 * @param {Decoder} decoder
 * @param {Features} features
 * @param {Prompt} prompt
 * @returns {Promise<WorkedCandidate[]>} best first
 */
export async function answerPrompt(decoder, features, prompt) {
  const { question, promise } = readPrompt(features, prompt);
  const replies = await decoder.answer(features, question);
  return replies.map(({ logits, score }) => ({
    toggles: toggles(promisedMask(logits, features.frame, promise)).slice(),
    score,
    stability: stability(logits, features.frame),
    logits: logits.low,
  }));
}

/** Remembers what it showed last. */
export class Foresight {
  /** @type {Uint8Array | null} the low-resolution mask shown last */
  #shown = null;

  forget() {
    this.#shown = null;
  }

  /**
   * @param {Decoder} decoder
   * @param {Features} features
   * @param {Prompt} prompt
   * @returns {Promise<{toggles: Uint32Array, score: number}>}
   */
  async foresee(decoder, features, prompt) {
    const { question, promise } = readPrompt(features, prompt);
    const replies = await decoder.answer(features, question);
    const masks = replies.map(({ logits }) => lowMask(logits.low));
    const place = nearest(masks, this.#shown);
    const reply = /** @type {Reply} */ (replies[place]);
    this.#shown = masks[place] ?? null;
    const mask = promisedMask(reply.logits, features.frame, promise);
    return { toggles: toggles(mask).slice(), score: reply.score };
  }
}

/**
 * Which mask goes on with what was shown; the first, which is the best, if none does.
 * @param {readonly Uint8Array[]} masks best first
 * @param {Uint8Array | null} shown
 * @returns {number}
 */
export function nearest(masks, shown) {
  if (!shown) return 0;
  const likeness = masks.map((mask) => lowIou(mask, shown));
  const most = Math.max(...likeness);
  return most >= ALIKE ? likeness.indexOf(most) : 0;
}

/**
 * What the decoder is asked, and what the answer must keep. A mask alone says too little to SAM, so
 * its box goes with it; logits win over a mask (as inference/segmenters/sam_prompt.py).
 * @param {Features} features
 * @param {Prompt} prompt
 */
function readPrompt({ frame, shape }, { points, box, mask, logits, multimask }) {
  const promise = { points, box };
  if (logits instanceof Float32Array)
    return { question: { points, box, logits, multimask }, promise };
  const isMask = mask !== null && bbox(mask)[2] > 0;
  if (!isMask) return { question: { points, box, logits: null, multimask }, promise };
  const side = LOW_PER_CELL * (shape.at(-1) ?? 0);
  const [x, y, width, height] = bbox(mask);
  const around = points.length === 0 ? /** @type {const} */ ([x, y, x + width, y + height]) : null;
  const question = { points, box: box ?? around, logits: logitsOf(mask, frame, side), multimask };
  return { question, promise };
}

/** @param {Float32Array} low */
function lowMask(low) {
  const mask = new Uint8Array(low.length); // Uint8Array.from with a function is ten times as slow
  for (let index = 0; index < low.length; index += 1) mask[index] = (low[index] ?? 0) > 0 ? 1 : 0;
  return mask;
}

/**
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
function lowIou(a, b) {
  let [both, either] = [0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const sum = (a[index] ?? 0) + (b[index] ?? 0);
    if (sum > 0) either += 1;
    if (sum === 2) both += 1;
  }
  return either === 0 ? 0 : both / either;
}
