/**
 * SAM's decoder on one embedding: a prompt in image_px becomes low-resolution logits with the IoU
 * that the model expects. Inputs and outputs are those of segment_anything/utils/onnx.py with four
 * masks, the single answer first; what goes in is what inference/segmenters/onnx.py puts in.
 */
import { frameOf, toModel } from "../geometry/lowRes.js";
import { factsOf, UnreadableModel } from "./onnxFacts.js";

/** @typedef {import("./runtime.js").Runtime} Runtime */
/** @typedef {import("./runtime.js").Session} Session */
/** @typedef {import("./runtime.js").Tensor} Tensor */
/** @typedef {import("../geometry/lowRes.js").Frame} Frame */
/** @typedef {import("../geometry/lowRes.js").LowRes} LowRes */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/**
 * @typedef {Object} Features
 * @property {Float32Array} data
 * @property {readonly number[]} shape 1, channels, height, width
 * @property {Frame} frame
 */
/**
 * @typedef {Object} Question
 * @property {readonly (readonly [number, number, 0 | 1])[]} points
 * @property {BoxXyxy | null} box
 * @property {Float32Array | null} logits low x low
 * @property {boolean} multimask
 */
/** @typedef {{readonly logits: LowRes, readonly score: number}} Reply */

const PAD_LABEL = -1; // the point that SAM's prompt encoder adds where there is no box
const CORNER_LABELS = /** @type {const} */ ([2, 3]);
const LOW_PER_CELL = 4;
const MOST_STEPS = 15; // back from the last click of those that came without an answer
const OUTPUTS = ["iou_predictions", "low_res_masks"];
const KNOWN_ROWS = "known_rows"; // inference/segmenters/sam_slim.py tells of them
const IMAGE_ROWS = "image_rows";

export class Decoder {
  #runtime;
  #session;
  #leadsWithSingle;
  /** What the decoder made of an image alone, which saves making it again. */
  #known = {
    features: /** @type {Features | null} */ (null),
    rows: /** @type {Tensor | null} */ (null),
  };
  /** What it said to all but the last click, which stays the same while the pointer moves. */
  #ledUp = {
    features: /** @type {Features | null} */ (null),
    asked: "",
    logits: /** @type {Float32Array | null} */ (null),
  };
  /** Of the segmenter that it belongs to; embeddings of another one would be nonsense to it. */
  version;
  name;
  /** Side of the model's square. */
  side;

  /**
   * @param {Runtime} runtime
   * @param {Session} session
   * @param {Readonly<Record<string, string>>} facts
   */
  constructor(runtime, session, facts) {
    this.#runtime = runtime;
    this.#session = session;
    this.name = facts.segmenter ?? "";
    this.version = facts.version ?? "";
    this.side = Number(facts.side);
    this.#leadsWithSingle = facts.leads_with === "single";
    if (!(this.side > 0)) throw new UnreadableModel("the model does not say its side");
  }

  /**
   * @param {Runtime} runtime
   * @param {Uint8Array} file
   */
  static async open(runtime, file) {
    const facts = factsOf(file);
    const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
    return new Decoder(runtime, await runtime.InferenceSession.create(file, options), facts);
  }

  /**
   * @param {Float32Array} data
   * @param {readonly number[]} shape
   * @param {readonly [height: number, width: number]} sizeHw of the image
   * @returns {Features}
   */
  features(data, shape, sizeHw) {
    return { data, shape, frame: frameOf(sizeHw, this.side) };
  }

  /**
   * One reply, or three for `multimask`, best first; the single answer before two of the three
   * where the file says that it leads. Such a model has learned clicks one by one, each with its
   * last answer: of several that come without one it is asked in turn.
   * @param {Features} features
   * @param {Question} question
   * @returns {Promise<Reply[]>}
   */
  async answer(features, question) {
    const logits = question.logits ?? (await this.#ledUpTo(features, question));
    const [single, three] = await this.#ask(features, { ...question, logits });
    if (!question.multimask) return [single];
    three.sort((a, b) => b.score - a.score);
    return this.#leadsWithSingle ? [single, ...unlike(single, three)] : three;
  }

  /**
   * The answer to all but the last click; null if there is no such.
   * @param {Features} features
   * @param {Question} question
   */
  async #ledUpTo(features, question) {
    const steps = this.#leadsWithSingle ? stepsOf(question) : [];
    if (steps.length === 0) return null;
    const asked = JSON.stringify([question.box, steps]);
    if (this.#ledUp.features === features && this.#ledUp.asked === asked) return this.#ledUp.logits;
    let logits = /** @type {Float32Array | null} */ (null);
    for (const points of steps) {
      const [single] = await this.#ask(features, { ...question, points, logits });
      logits = single.logits.low;
    }
    this.#ledUp = { features, asked, logits };
    return logits;
  }

  /**
   * @param {Features} features
   * @param {Question} question
   * @returns {Promise<[single: Reply, three: Reply[]]>}
   */
  async #ask(features, question) {
    const answer = await this.#run(features, question);
    const [scores, masks] = OUTPUTS.map((name) => answer[name]);
    if (!scores || !masks) throw new UnreadableModel("the model's answer lacks masks or scores");
    const side = masks.dims.at(-1) ?? 0;
    const [single, ...three] = [...scores.data.keys()].map((place) => ({
      score: Math.min(Math.max(scores.data[place] ?? 0, 0), 1),
      logits: { low: masks.data.slice(place * side * side, (place + 1) * side * side), side },
    }));
    if (!single) throw new UnreadableModel("the model's answer lacks masks or scores");
    return [single, three];
  }

  async close() {
    await this.#session.release();
  }

  /**
   * A file that lets the image's part be kept is told what it made of this image the last time;
   * with logits to go on from, that is something else.
   * @param {Features} features
   * @param {Question} question
   */
  async #run(features, question) {
    const feeds = this.#feedsOf(features, question);
    if (!this.#session.inputNames.includes(KNOWN_ROWS)) return this.#session.run(feeds, OUTPUTS);
    const isKept = question.logits === null;
    const rows = isKept && this.#known.features === features ? this.#known.rows : null;
    feeds[KNOWN_ROWS] = rows ?? new this.#runtime.Tensor("float32", new Float32Array(0), [0, 0, 0]);
    if (rows || !isKept) return this.#session.run(feeds, OUTPUTS);
    const answer = await this.#session.run(feeds, [...OUTPUTS, IMAGE_ROWS]);
    this.#known = { features, rows: answer[IMAGE_ROWS] ?? null };
    return answer;
  }

  /**
   * @param {Features} features
   * @param {Question} question
   */
  #feedsOf({ data, shape, frame }, { points, box, logits }) {
    const tensor = (/** @type {ArrayLike<number>} */ numbers, /** @type {number[]} */ ...dims) =>
      new this.#runtime.Tensor("float32", Float32Array.from(numbers), dims);
    const side = LOW_PER_CELL * (shape.at(-1) ?? 0);
    const clicks = clicksAndCorners(frame, points, box);
    const count = clicks.length;
    /** @type {Record<string, import("./runtime.js").Tensor>} */
    const feeds = {
      image_embeddings: new this.#runtime.Tensor("float32", data, shape),
      point_coords: tensor(
        clicks.flatMap(({ x, y }) => [x, y]),
        1,
        count,
        2,
      ),
      point_labels: tensor(
        clicks.map(({ label }) => label),
        1,
        count,
      ),
      mask_input: tensor(logits ?? new Float32Array(side * side), 1, 1, side, side),
      has_mask_input: tensor([logits ? 1 : 0], 1),
    };
    // Masks at the size of the image are drawn here, so none is asked for.
    if (this.#session.inputNames.includes("orig_im_size")) feeds.orig_im_size = tensor([1, 1], 2);
    return feeds;
  }
}

/**
 * The clicks to ask for before the last one's turn: a box comes before all of them, else the first
 * click inside of the object leads (as inference/segmenters/onnx.py).
 * @param {Question} question
 * @returns {Question["points"][]}
 */
function stepsOf({ points, box }) {
  const lead = box ? -1 : points.findIndex(([, , label]) => label === 1);
  const ordered = lead > 0 ? [points[lead], ...points.filter((_, at) => at !== lead)] : points;
  const first = Math.max(box ? 0 : 1, points.length - MOST_STEPS);
  const steps = [];
  for (let count = first; count < points.length; count += 1)
    steps.push(/** @type {Question["points"]} */ (ordered.slice(0, count)));
  return steps;
}

/**
 * @param {Frame} frame
 * @param {Question["points"]} points
 * @param {BoxXyxy | null} box
 * @returns {{x: number, y: number, label: number}[]} in pixels of the model
 */
function clicksAndCorners(frame, points, box) {
  const clicks = points.map(([x, y, label]) => ({ ...toModel(frame, { x, y }), label }));
  if (!box) return [...clicks, { x: 0, y: 0, label: PAD_LABEL }];
  const [first, second] = CORNER_LABELS;
  return [
    ...clicks,
    { ...toModel(frame, { x: box[0], y: box[1] }), label: first },
    { ...toModel(frame, { x: box[2], y: box[3] }), label: second },
  ];
}

/**
 * @param {Reply} single
 * @param {readonly Reply[]} three
 * @returns {Reply[]} all but the one most like the single answer
 */
function unlike(single, three) {
  const alike = three.map((reply) => overlap(single.logits.low, reply.logits.low));
  const most = alike.indexOf(Math.max(...alike));
  return three.filter((_, place) => place !== most);
}

/**
 * @param {Float32Array} one
 * @param {Float32Array} other
 * @returns {number} IoU of what is above zero, 0 if nothing is
 */
function overlap(one, other) {
  let both = 0;
  let either = 0;
  for (let place = 0; place < one.length; place++) {
    const inOne = /** @type {number} */ (one[place]) > 0;
    const inOther = /** @type {number} */ (other[place]) > 0;
    if (inOne && inOther) both++;
    if (inOne || inOther) either++;
  }
  return both / Math.max(1, either);
}
