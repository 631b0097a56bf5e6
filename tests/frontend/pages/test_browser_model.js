// The browser's model, whatever is missing: the decoder itself is replaced by a thread that answers.
import { afterEach, expect, test, vi } from "vitest";
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { BrowserDecoder } from "../../../frontend/src/inference/browserDecoder.js";
import { BrowserModel } from "../../../frontend/src/pages/browserModel.js";

const IMAGE = { id: 7, sha256: "abc", width: 4, height: 3 };
const PROMPT = { points: [[1, 1, 1]], box: null, mask: null, logits: null, multimask: true };

/** A worker's end that speaks its protocol and remembers what it was asked. */
function threadOf({ version = "v1", breaks = "" } = {}) {
  const listeners = {};
  const keys = new Set();
  const answers = {
    open: () => ({ name: "sam_nano", version, threads: 1 }),
    recall: ({ key }) => keys.has(key),
    remember: ({ key }) => void keys.add(key),
    answer: ({ key, prompt }) => {
      if (!keys.has(key)) throw new Error("the embedding is not at hand");
      const logits = prompt.logits ?? Float32Array.of(1);
      return [{ toggles: Uint32Array.of(2, 5), score: 0.9, stability: 1, logits }];
    },
    foresee: () => ({ toggles: Uint32Array.of(2, 5), score: 0.9 }),
  };
  const thread = {
    asked: [],
    addEventListener: (kind, listener) => {
      listeners[kind] = listener;
    },
    postMessage: ({ id, asked }) => {
      thread.asked.push(asked);
      queueMicrotask(() => {
        if (asked.op === breaks) return listeners.error();
        try {
          return listeners.message({ data: { id, answer: answers[asked.op](asked) } });
        } catch (error) {
          return listeners.message({ data: { id, problem: error.message } });
        }
      });
    },
    terminate() {},
  };
  return thread;
}

/** A server by path: each answer is [status, version] or [status]; the last one stays. */
function serve(decoder, embedding) {
  const seen = [];
  const fetch = async (address) => {
    seen.push(address);
    const left = address.endsWith("decoder.onnx") ? decoder : embedding;
    const [status, version = "v1"] = left.length > 1 ? left.shift() : left[0];
    const headers = { "X-Embedding-Shape": "1,2,1,1", "X-Embedding-Version": version };
    return new Response(status === 200 ? new ArrayBuffer(4) : "{}", { status, headers });
  };
  vi.stubGlobal("fetch", fetch);
  return seen;
}

const LOOK_MS = 100; // how often it looks whether the picture rests

/** slept: between questions to the server, without the looks. */
function modelOn(...threads) {
  const slept = [];
  const model = new BrowserModel({ base: "/api/v1/" }, "sam_nano", {
    open: (file) => BrowserDecoder.open(file, { thread: threads.shift() }),
    sleep: async (ms) => {
      if (ms !== LOOK_MS) slept.push(ms);
    },
  });
  return { model, slept };
}

afterEach(() => vi.unstubAllGlobals());

test("an image is answered here once its embedding was fetched, and fetched once", async () => {
  const seen = serve([[200]], [[200]]);
  const thread = threadOf();
  const { model } = modelOn(thread);
  expect(await model.answer(IMAGE, PROMPT)).toBeNull();

  expect(await model.prepare(IMAGE, () => true)).toBe(true);
  const { answer, ms } = await model.answer(IMAGE, PROMPT);
  await model.prepare(IMAGE, () => true);

  expect(answer[0]).toMatchObject({ rle: fromRuns([2, 3, 7], [3, 4]), model: "sam_nano" });
  expect(ms).toBeGreaterThanOrEqual(0);
  expect(seen).toHaveLength(2);
});

test("while the server still makes the embedding it is asked again, and the decoder too", async () => {
  serve([[503], [503], [200]], [[202], [202], [200]]);
  const { model, slept } = modelOn(threadOf());

  expect(await model.prepare(IMAGE, () => true)).toBe(true);

  expect(slept).toEqual([2000, 4000]);
});

test.each([
  ["once the picture rests", 12, 15],
  ["although it never rests", 1000, 50],
])("the decoder is opened %s", async (_name, moves, looks) => {
  serve([[200]], [[200]]);
  const thread = threadOf();
  let looked = 0;
  let opened = 0;
  const model = new BrowserModel({ base: "/api/v1/" }, "sam_nano", {
    viewOf: () => Math.min(looked, moves),
    open: (file) => {
      opened = looked;
      return BrowserDecoder.open(file, { thread });
    },
    sleep: async () => {
      looked += 1;
    },
  });

  expect(await model.prepare(IMAGE, () => true)).toBe(true);

  expect(opened).toBe(looks);
});

test("waiting ends with the image", async () => {
  serve([[503]], [[202]]);
  const { model, slept } = modelOn(threadOf());

  expect(await model.prepare(IMAGE, () => slept.length < 3)).toBe(false);

  expect(slept).toEqual([2000, 4000, 6000]);
});

test.each([
  ["keeps no embeddings", [[200]], [[422]]],
  ["has no decoder", [[404]], [[202]]],
])("a segmenter that %s is asked about once", async (_name, decoder, embedding) => {
  const seen = serve(decoder, embedding);
  const { model } = modelOn(threadOf());

  expect(await model.prepare(IMAGE, () => true)).toBe(false);
  const count = seen.length;
  expect(await model.prepare(IMAGE, () => true)).toBe(false);

  expect(seen).toHaveLength(count);
  expect(await model.foresee(IMAGE, PROMPT, true)).toBeNull();
});

test.each(["open", "remember"])(
  "a thread that breaks at %s leaves it to the server",
  async (breaks) => {
    serve([[200]], [[200]]);
    const { model } = modelOn(threadOf({ breaks }));

    expect(await model.prepare(IMAGE, () => true)).toBe(false);

    expect(await model.answer(IMAGE, PROMPT)).toBeNull();
  },
);

test("a thread that breaks at a click leaves that click to the server", async () => {
  serve([[200]], [[200]]);
  const { model } = modelOn(threadOf({ breaks: "answer" }));
  await model.prepare(IMAGE, () => true);

  expect(await model.answer(IMAGE, PROMPT)).toBeNull();
});

test("a decoder of another version than the embedding's is fetched anew", async () => {
  serve([[200]], [[200, "v2"]]);
  const [old, fresh] = [threadOf(), threadOf({ version: "v2" })];
  const { model } = modelOn(old, fresh);

  expect(await model.prepare(IMAGE, () => true)).toBe(true);

  expect(fresh.asked.map(({ op }) => op)).toContain("remember");
  expect(old.asked.map(({ op }) => op)).not.toContain("remember");
});

test("the server's logits mean nothing here, the browser's own do", async () => {
  serve([[200]], [[200]]);
  const thread = threadOf();
  const { model } = modelOn(thread);
  await model.prepare(IMAGE, () => true);

  await model.answer(IMAGE, { ...PROMPT, logits: "of the server" });
  await model.answer(IMAGE, { ...PROMPT, logits: Float32Array.of(3) });

  const asked = thread.asked.filter(({ op }) => op === "answer").map(({ prompt }) => prompt.logits);
  expect(asked).toEqual([null, Float32Array.of(3)]);
});

test("a part of the image is the server's to encode", async () => {
  serve([[200]], [[200]]);
  const { model } = modelOn(threadOf());
  await model.prepare(IMAGE, () => true);

  expect(await model.answer(IMAGE, { ...PROMPT, region: [0, 0, 2, 2] })).toBeNull();
});
