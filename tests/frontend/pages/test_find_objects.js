import { describe, expect, test } from "vitest";
import { ApiProblem } from "../../../frontend/src/api/client.js";
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { Abilities } from "../../../frontend/src/pages/abilities.js";
import { Board } from "../../../frontend/src/pages/board.js";
import { findAlike, findByWords } from "../../../frontend/src/pages/findObjects.js";

const SIZE = [4, 5];
const MINE = { id: "mine", label: 1, rle: fromRuns([5, 2, 13], SIZE), z: 0, state: "confirmed" };
const found = (runs, score) => ({
  segmentation: fromRuns(runs, SIZE),
  score,
  stability: 0.9,
  logits: null,
});

function world({ answer, panoptic = false, label = 1, models = [] }) {
  const image = { id: 7, width: 5, height: 4 };
  const store = createStore({ image, objects: [MINE], panoptic });
  store.update({ label });
  const sent = [];
  const said = [];
  const client = {
    send: async (method, path, { json } = {}) => {
      if (path === "segmenters/") return { data: { results: models } };
      sent.push([method, path, json.text ?? [json.exemplars, json.segmenter]]);
      if (answer instanceof Error) throw answer;
      return { status: 200, data: { segmenter: "sam3", milliseconds: 5, candidates: answer } };
    },
  };
  const open = { store, image: 7 };
  const parts = {
    client,
    open: () => open,
    board: new Board({}),
    abilities: new Abilities(client),
    segmenter: "sam_nano",
    toasts: { say: (words, kind) => said.push([words, kind]) },
  };
  return { store, sent, said, parts, open };
}

const objects = (store) => [...store.state.document.objects.values()];

describe("finding by words", () => {
  test("suggests every object that fits with the label in hand, as one step to undo", async () => {
    const { store, sent, said, parts } = world({
      answer: [found([0, 3, 17], 0.9), found([9, 4, 7], 0.6)],
    });

    await findByWords("  brown bear ", parts);

    expect(sent).toEqual([["POST", "images/7/prompt/", "brown bear"]]);
    const suggested = objects(store).filter((one) => one.state === "suggested");
    expect(suggested.map((one) => [one.label, one.score, one.source, one.model])).toEqual([
      [1, 0.9, "model", "sam3"],
      [1, 0.6, "model", "sam3"],
    ]);
    expect(said).toEqual([["2 suggestions for “brown bear”.", "good"]]);
    expect(parts.board.facts.finding).toBe("");
    store.undo();
    expect(objects(store).map((one) => one.id)).toEqual(["mine"]);
  });

  test("takes no pixels from what people made, even where objects share none", async () => {
    const { store, parts } = world({ answer: [found([5, 2, 13], 0.9)], panoptic: true });

    await findByWords("bear", parts);

    expect(store.state.document.objects.get("mine").rle).toEqual(MINE.rle);
  });

  test("says what is missing and changes nothing", async () => {
    const words = "SAM 3 answers text, and is not installed.";
    const facts = { status: 503, code: "model_missing", detail: words, retryAfter_s: 5 };
    const answer = new ApiProblem(facts);
    const { store, said, parts } = world({ answer });

    await findByWords("bear", parts);

    expect(said[0][0]).toContain(words);
    expect(said[0][1]).toBe("bad");
    expect(objects(store)).toHaveLength(1);
    expect(parts.board.facts.finding).toBe("");
  });

  test("says when nothing fits, and asks nothing for no words", async () => {
    const { store, sent, said, parts } = world({ answer: [] });

    await findByWords("   ", parts);
    expect(sent).toEqual([]);
    await findByWords("dragon", parts);

    expect(said).toEqual([["Nothing was found for “dragon”.", "info"]]);
    expect(objects(store)).toHaveLength(1);
  });

  test("leaves another image alone that was opened meanwhile", async () => {
    const { store, parts, open } = world({ answer: [found([0, 3, 17], 0.9)] });
    const asked = findByWords("bear", parts);
    open.image = 8;

    await asked;

    expect(objects(store)).toHaveLength(1);
  });
});

describe("finding all like one", () => {
  const SAM3 = { name: "sam3", installed: true, why_not: "", kinds: ["text", "exemplars"] };

  test("asks a model that can, and suggests what is not on the picture already", async () => {
    const { store, sent, said, parts } = world({
      answer: [found([5, 2, 13], 0.9), found([9, 4, 7], 0.6)], // the first is the object drawn
      models: [SAM3],
    });

    await findAlike([1, 0, 3, 2], parts);

    expect(sent).toEqual([["POST", "images/7/prompt/", [[[1, 0, 3, 2, 1]], "sam3"]]]);
    const suggested = objects(store).filter((one) => one.state === "suggested");
    expect(suggested.map((one) => [one.score, one.model])).toEqual([[0.6, "sam3"]]);
    expect(said).toEqual([["1 suggestion like the one in the box.", "good"]]);
  });

  test("says so when all of them are on the picture", async () => {
    const { store, said, parts } = world({ answer: [found([5, 2, 13], 0.9)], models: [SAM3] });

    await findAlike([1, 0, 3, 2], parts);

    expect(said[0][0]).toContain("all of them are on the picture");
    expect(objects(store)).toHaveLength(1);
  });

  test("without such a model nothing is asked, and what is needed is said", async () => {
    const missing = { ...SAM3, installed: false, why_not: "SAM 3 is not installed." };
    const { sent, said, parts } = world({ answer: [], models: [missing] });

    await findAlike([1, 0, 3, 2], parts);

    expect(sent).toEqual([]);
    expect(said[0][0]).toContain("SAM 3 is not installed.");
  });
});
