import { expect, test } from "vitest";
import { Decoder } from "../../../frontend/src/inference/decoder.js";

const SIDE = 4;
const inside = (/** @type {readonly number[]} */ ...places) =>
  Array.from({ length: SIDE * SIDE }, (_, place) => (places.includes(place) ? 2 : -2));
const MASKS = [inside(0, 1), inside(0, 1, 2), inside(0), inside(8, 9)];
const SCORES = [0.4, 0.9, 0.6, 0.7];

class Tensor {
  /** @param {string} type @param {Float32Array} data @param {readonly number[]} dims */
  constructor(type, data, dims) {
    Object.assign(this, { type, data, dims });
  }
}

const session = {
  inputNames: [],
  run: async () => ({
    iou_predictions: { data: Float32Array.from(SCORES), dims: [1, 4] },
    low_res_masks: { data: Float32Array.from(MASKS.flat()), dims: [1, 4, SIDE, SIDE] },
  }),
  release: async () => {},
};

/** @param {Record<string, string>} facts @param {boolean} multimask */
async function answered(facts, multimask) {
  const runtime = /** @type {any} */ ({ Tensor });
  const decoder = new Decoder(runtime, /** @type {any} */ (session), { side: "16", ...facts });
  const features = decoder.features(new Float32Array(2), [1, 2, 1, 1], [16, 16]);
  const question = { points: [/** @type {[number, number, 1]} */ ([3, 3, 1])], box: null };
  const replies = await decoder.answer(features, { ...question, logits: null, multimask });
  return replies.map((reply) => MASKS.findIndex((m) => `${m}` === `${[...reply.logits.low]}`));
}

test("three answers come by falling score, as segment-anything gives them", async () => {
  expect(await answered({}, true)).toEqual([1, 3, 2]);
});

test("a file may lead with the single answer, instead of the one of three most like it", async () => {
  expect(await answered({ leads_with: "single" }, true)).toEqual([0, 3, 2]);
});

test("one answer is the single one", async () => {
  expect(await answered({}, false)).toEqual([0]);
});

test("what a file makes of an image alone is kept for the next prompt on that image", async () => {
  const asked = [];
  const rows = new Tensor("float32", new Float32Array(6), [1, 2, 3]);
  const keeping = {
    ...session,
    inputNames: ["known_rows"],
    run: async (feeds, fetches) => {
      asked.push([feeds.known_rows.dims, fetches.includes("image_rows")]);
      return { ...(await session.run()), image_rows: rows };
    },
  };
  const decoder = new Decoder({ Tensor }, keeping, { side: "16" });
  const images = [0, 1].map(() => decoder.features(new Float32Array(2), [1, 2, 1, 1], [16, 16]));
  const question = { points: [[3, 3, 1]], box: null, logits: null, multimask: false };
  const refined = { ...question, logits: new Float32Array(16) };
  for (const [image, what] of [
    [0, question],
    [0, question],
    [0, refined],
    [0, question],
    [1, question],
  ])
    await decoder.answer(images[image], what);
  expect(asked).toEqual([
    [[0, 0, 0], true],
    [[1, 2, 3], false],
    [[0, 0, 0], false],
    [[1, 2, 3], false],
    [[0, 0, 0], true],
  ]);
});

/** What a model that leads with its single answer was asked, one entry for each time. */
async function askedFor(...questions) {
  const asked = [];
  const telling = {
    ...session,
    run: async (feeds) => {
      asked.push([...feeds.point_labels.data, ...(feeds.has_mask_input.data[0] ? ["led"] : [])]);
      return session.run();
    },
  };
  const decoder = new Decoder({ Tensor }, telling, { side: "16", leads_with: "single" });
  const features = decoder.features(new Float32Array(2), [1, 2, 1, 1], [16, 16]);
  for (const question of questions)
    await decoder.answer(features, { box: null, logits: null, multimask: false, ...question });
  return asked;
}

test("clicks that come without an answer are asked for in turn, the first one inside leading", async () => {
  const points = [
    [1, 1, 0],
    [2, 2, 1],
    [3, 3, 0],
  ];

  expect(await askedFor({ points })).toEqual([
    [1, -1],
    [1, 0, -1, "led"],
    [0, 1, 0, -1, "led"],
  ]);
});

test("a box comes before the clicks", async () => {
  expect(await askedFor({ points: [[1, 1, 0]], box: [0, 0, 4, 4] })).toEqual([
    [2, 3],
    [0, 2, 3, "led"],
  ]);
});

test("clicks that come with an answer are asked for at once", async () => {
  const points = [
    [1, 1, 1],
    [2, 2, 0],
  ];

  expect(await askedFor({ points, logits: new Float32Array(16) })).toEqual([[1, 0, -1, "led"]]);
});

test("a pointer that moves on asks for the clicks before it once, and again for another box", async () => {
  const before = [1, 1, 1];
  const hovered = [2, 3].map((at) => ({ points: [before, [at, at, 0]] }));
  const boxes = [4, 5].map((side) => ({ points: [[1, 1, 0]], box: [0, 0, side, side] }));

  expect(await askedFor(...hovered)).toHaveLength(3);
  expect(await askedFor(...boxes)).toHaveLength(4);
});

test("what led up to the last click is what goes in with it", async () => {
  const given = [];
  const telling = {
    ...session,
    run: async (feeds) => {
      given.push([...feeds.mask_input.data]);
      return session.run();
    },
  };
  const decoder = new Decoder({ Tensor }, telling, { side: "16", leads_with: "single" });
  const features = decoder.features(new Float32Array(2), [1, 2, 1, 1], [16, 16]);
  const points = [
    [1, 1, 1],
    [2, 2, 0],
  ];
  await decoder.answer(features, { points, box: null, logits: null, multimask: false });

  expect(given[1]).toEqual(MASKS[0]);
});
