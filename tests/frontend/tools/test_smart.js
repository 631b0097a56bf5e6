import { describe, expect, test } from "vitest";
import { smart } from "../../../frontend/src/tools/smart.js";
import { click, columns, key, sample, settle, stroke, takeInHand } from "./hand.js";

const candidate = (first, last, score = 0.9) => ({
  rle: columns(first, last),
  score,
  stability: 0.8,
  logits: `logits ${first}`,
  model: "classic",
});
const THREE = [candidate(2, 4), candidate(2, 9, 0.7), candidate(2, 20, 0.5)];

async function answered(parts, candidates = THREE) {
  parts.asked.at(-1).resolve(candidates);
  await settle();
}

const kinds = ({ store }) => store.state.session.overlay.map(({ kind }) => kind);

describe("prompts", () => {
  test.each([
    ["the right button or a long press", { primary: false }, 0],
    ["Alt and the left button", { alt: true }, 0],
    ["the left button", {}, 1],
  ])("%s", async (_name, parts, label) => {
    const tool = takeInHand(smart);

    stroke(tool.hand, [5, 5], [20, 20]);
    await answered(tool, [{ ...candidate(2, 4), logits: null }]);
    click(tool.hand, 10.5, 7.25, parts);

    expect(tool.asked[1].prompt).toMatchObject({ points: [[10.5, 7.25, label]], logits: null });
  });

  test("a click alone may mean the part or the whole", () => {
    const tool = takeInHand(smart);

    click(tool.hand, 10.5, 7.25);

    expect(tool.asked[0].prompt).toEqual({
      points: [[10.5, 7.25, 1]],
      box: null,
      mask: null,
      logits: null,
      multimask: true,
    });
  });

  test("what lies outside alone is no question; with a click inside it goes along", async () => {
    const tool = takeInHand(smart);

    click(tool.hand, 10, 7, { primary: false });
    expect(tool.asked).toEqual([]);
    expect(kinds(tool)).toEqual(["point"]);
    click(tool.hand, 30, 25);

    expect(tool.asked).toHaveLength(1);
    expect(tool.asked[0].prompt).toMatchObject({
      points: [
        [10, 7, 0],
        [30, 25, 1],
      ],
      logits: null,
    });
  });

  test("a drag is a box, in whichever direction, cut to the image", () => {
    const tool = takeInHand(smart);

    stroke(tool.hand, [30, 20], [-5, 8]);

    expect(tool.asked[0].prompt).toMatchObject({
      points: [],
      box: [0, 8, 30, 20],
      multimask: true,
    });
  });

  test("a box and clicks go together, whichever came first", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 12, 12);
    await answered(tool);

    stroke(tool.hand, [5, 8], [30, 20]);
    await answered(tool);
    click(tool.hand, 28, 18, { primary: false });

    const both = { points: [[12, 12, 1]], box: [5, 8, 30, 20], multimask: false };
    expect(tool.asked[1].prompt).toMatchObject(both);
    expect(tool.asked[2].prompt).toMatchObject({
      ...both,
      points: [
        [12, 12, 1],
        [28, 18, 0],
      ],
    });
  });

  test("the answer's low-resolution mask goes back with the next click", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    await answered(tool);
    tool.hand.key(key("Tab"));

    click(tool.hand, 30, 20, { primary: false });

    expect(tool.asked[1].prompt).toMatchObject({ logits: "logits 2", multimask: false });
    expect(tool.asked[1].prompt.points).toEqual([
      [5, 5, 1],
      [30, 20, 0],
    ]);
  });

  test("a click on a point removes it, and the last one everything", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    await answered(tool);
    click(tool.hand, 30, 20);
    await answered(tool);

    click(tool.hand, 31, 21);
    expect(tool.asked.at(-1).prompt).toMatchObject({ points: [[5, 5, 1]], logits: null });
    await answered(tool);
    click(tool.hand, 5, 5);

    expect(tool.asked).toHaveLength(3);
    expect(kinds(tool)).toEqual([]);
  });

  test("a click beside the image asks nothing", () => {
    const tool = takeInHand(smart);

    click(tool.hand, -3, 5);
    click(tool.hand, 5, 30);

    expect(tool.asked).toEqual([]);
  });

  test("clicks with Ctrl held are asked about once, on release", () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5, { ctrl: true });
    click(tool.hand, 30, 20, { ctrl: true });
    expect(tool.asked).toEqual([]);

    tool.hand.keyUp(key("Control"));

    expect(tool.asked).toHaveLength(1);
    expect(tool.asked[0].prompt.points).toHaveLength(2);
  });
});

describe("answers", () => {
  test("only one question is under way, and the latest waits", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    click(tool.hand, 20, 5);
    click(tool.hand, 35, 5);
    expect(tool.asked).toHaveLength(1);

    tool.asked[0].resolve([candidate(0, 0)]);
    await settle();

    expect(tool.asked).toHaveLength(2);
    expect(tool.asked[1].prompt.points).toHaveLength(3);
  });

  test("a stale answer is not shown", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    click(tool.hand, 20, 5);

    tool.asked[0].resolve([candidate(0, 0)]);
    await settle();

    expect(kinds(tool)).toEqual(["point", "point"]);
    expect(tool.store.state.session.busy).toBe(true);
  });

  test("an answer after Esc is dropped", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);

    expect(tool.hand.cancel()).toBe(true);
    await answered(tool);

    expect(kinds(tool)).toEqual([]);
    expect(tool.store.state.session.busy).toBe(false);
    expect(tool.hand.cancel()).toBe(false);
  });

  test("a failure is told, and the clicks stay", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);

    tool.asked[0].reject(new Error("No worker answers."));
    await settle();

    expect(tool.notes).toEqual([["error", "No worker answers."]]);
    expect(kinds(tool)).toEqual(["point"]);
    expect(tool.store.state.session.busy).toBe(false);
    click(tool.hand, 30, 20);
    expect(tool.asked).toHaveLength(2);
  });

  test("Tab goes through the candidates and says which", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    await answered(tool);

    tool.hand.key(key("Tab"));
    expect(tool.store.state.session.status).toBe("2 of 3, score 0.70");
    tool.hand.key(key("Tab", { shift: true }));
    tool.hand.key(key("Tab", { shift: true }));

    expect(tool.store.state.session.status).toBe("3 of 3, score 0.50");
  });

  test("Tab is left to the page when nothing was clicked", () => {
    expect(takeInHand(smart).hand.key(key("Tab"))).toBe(false);
  });
});

describe("taking back", () => {
  test("Backspace shows the answer before without asking again, redo the one after", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    await answered(tool);
    click(tool.hand, 30, 20);
    await answered(tool, [candidate(7, 8)]);

    tool.hand.key(key("Backspace"));
    expect(tool.store.state.session.status).toBe("1 of 3, score 0.90");
    expect(kinds(tool)).toEqual(["preview", "point"]);
    tool.hand.redo();

    expect(tool.store.state.session.status).toBe("score 0.90");
    expect(tool.asked).toHaveLength(2);
  });

  test("with nothing clicked it is somebody else's key", () => {
    const { hand } = takeInHand(smart);

    expect(hand.key(key("Backspace"))).toBe(false);
    expect(hand.undo()).toBe(false);
  });
});

describe("accepting", () => {
  test.each(["Enter", "n"])("by %s is one undo step with the candidate shown", async (name) => {
    const tool = takeInHand(smart);
    tool.store.update({ label: 6 });
    click(tool.hand, 5, 5);
    await answered(tool);
    click(tool.hand, 30, 20);
    await answered(tool);
    tool.hand.key(key("Tab"));

    tool.hand.key(key(name));

    const { document, session } = tool.store.state;
    const [made] = [...document.objects.values()];
    expect(made).toMatchObject({
      label: 6,
      rle: columns(2, 9),
      state: "confirmed",
      source: "model",
      score: 0.7,
      stability: 0.8,
      model: "classic",
    });
    expect(session).toMatchObject({ selection: [made.id], overlay: [], status: "" });
    tool.store.undo();
    expect(tool.store.state.document.objects.size).toBe(0);
    expect(tool.store.state.canUndo).toBe(false);
  });

  test("is not what Shift+N asks for", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    await answered(tool);

    expect(tool.hand.key(key("n", { shift: true }))).toBe(false);

    expect(tool.store.state.document.objects.size).toBe(0);
  });

  test("waits for the answer to the last click", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    await answered(tool);
    click(tool.hand, 30, 20);

    expect(tool.hand.key(key("Enter"))).toBe(true);

    expect(tool.store.state.document.objects.size).toBe(0);
    expect(tool.notes).toHaveLength(1);
  });

  test("an empty answer makes no object", async () => {
    const tool = takeInHand(smart);
    click(tool.hand, 5, 5);
    await answered(tool, []);

    tool.hand.key(key("Enter"));

    expect(tool.store.state.document.objects.size).toBe(0);
    expect(tool.notes.map(([, message]) => message)).toEqual([
      "Nothing was found there.",
      "There is no mask to accept.",
    ]);
  });
});

test("a lost pointer draws no box", () => {
  const tool = takeInHand(smart);
  tool.hand.down(sample(5, 5));
  tool.hand.drag([sample(25, 25)]);
  expect(kinds(tool)).toEqual(["box"]);

  tool.hand.abort();

  expect(kinds(tool)).toEqual([]);
  expect(tool.asked).toEqual([]);
});

describe("a box around an example", () => {
  test.each([
    ["with Shift", { shift: true }, {}],
    ["while all alike are wanted", {}, { smartAlike: true }],
  ])("%s asks for all that are like it, and for no mask", (_, held, options) => {
    const boxes = [];
    const { hand, store, asked } = takeInHand(smart, [], { findAlike: (box) => boxes.push(box) });
    store.update({ options });

    stroke(hand, [5, 6], [20, 18], held);

    expect(boxes).toEqual([[5, 6, 20, 18]]);
    expect(asked).toEqual([]);
    expect(store.state.session.overlay).toEqual([]);
    expect(hand.cancel()).toBe(false);
  });

  test("where nothing can find them the gesture does nothing", () => {
    const { hand, asked, store } = takeInHand(smart);

    stroke(hand, [5, 6], [20, 18], { shift: true });

    expect(asked).toEqual([]);
    expect(store.state.session.overlay).toEqual([]);
  });
});

describe("clicks taken back before they were answered", () => {
  /** The first click is answered, the second is not, the third is. */
  async function clickedQuickly(tool, parts = {}) {
    click(tool.hand, 5, 5);
    await answered(tool, [candidate(2, 10)]);
    click(tool.hand, 9, 20, { primary: false, ...parts });
    click(tool.hand, 30, 20, parts);
    tool.hand.keyUp?.(key("Control"));
    for (let at = 1; at < tool.asked.length; at += 1) {
      tool.asked[at].resolve([candidate(2, 31)]);
      await settle();
    }
  }

  test.each([
    ["quick clicks", {}],
    ["clicks collected with Ctrl", { ctrl: true }],
  ])("of %s those that are left are asked for anew", async (_name, parts) => {
    const tool = takeInHand(smart);
    await clickedQuickly(tool, parts);
    const before = tool.asked.length;

    tool.hand.key(key("Backspace"));

    expect(tool.asked).toHaveLength(before + 1);
    expect(tool.asked.at(-1).prompt.points).toEqual([
      [5, 5, 1],
      [9, 20, 0],
    ]);
  });

  test("what the clicks before were not answered with is not gone on from", async () => {
    const tool = takeInHand(smart);
    await clickedQuickly(tool);

    expect(tool.asked[1].prompt.logits).not.toBeNull();
    expect(tool.asked[2].prompt.logits).toBeNull();
  });
});
