// The page's closer look at a small box: what it asks the server, and when it does not.
import { expect, test, vi } from "vitest";
import { createServices } from "../../../frontend/src/pages/services.js";

const IMAGE = { id: 7, width: 400, height: 300 };
const PROMPT = {
  points: [],
  box: [1, 2, 30, 40],
  mask: null,
  logits: null,
  multimask: true,
};
const HERE = { ms: 3, answer: [{ rle: {}, score: 0.5, stability: 1, logits: null, model: "" }] };
const wire = (logits) => ({
  segmentation: { size: [300, 400], counts: "x" },
  score: 0.9,
  stability: 1,
  logits,
});

function services({ here = HERE, looks = true, send }) {
  const client = { send: vi.fn(send) };
  const made = createServices({
    client,
    image: IMAGE,
    segmenter: "sam_nano",
    browserModel: { answer: async () => here },
    abilities: { looksCloser: async () => looks, keepsFeatures: async () => true },
    board: { show: () => {} },
    toasts: { say: () => {} },
    open: () => {},
  });
  return { made, client };
}
const answering = (logits) => async () => ({
  status: 200,
  data: { segmenter: "sam_nano", milliseconds: 9, candidates: [wire(logits)] },
});

test("after an answer of the browser the server is asked the same", async () => {
  const { made, client } = services({ send: answering(null) });
  await made.predict(PROMPT);

  const found = await made.lookCloser(PROMPT);

  expect(client.send).toHaveBeenCalledWith("POST", "images/7/prompt/", expect.anything());
  expect(JSON.parse(JSON.stringify(client.send.mock.calls[0][2].json))).toEqual(PROMPT);
  expect(found).toHaveLength(1);
});

test("an answer that tells of the whole image is no closer look", async () => {
  const { made } = services({ send: answering("logits") });
  await made.predict(PROMPT);

  expect(await made.lookCloser(PROMPT)).toEqual([]);
});

test("after an answer of the server, or with another model, nothing is asked", async () => {
  const other = services({ looks: false, send: answering(null) });
  await other.made.predict(PROMPT);
  expect(await other.made.lookCloser(PROMPT)).toEqual([]);
  expect(other.client.send).not.toHaveBeenCalled();

  const served = services({ here: null, send: answering(null) });
  await served.made.predict(PROMPT);
  expect(await served.made.lookCloser(PROMPT)).toEqual([]);
  expect(served.client.send).toHaveBeenCalledTimes(1);
});

test("a server that does not answer takes nothing away", async () => {
  const send = async () => {
    throw new Error("no network");
  };
  const { made } = services({ send });
  await made.predict(PROMPT);

  expect(await made.lookCloser(PROMPT)).toEqual([]);
});
