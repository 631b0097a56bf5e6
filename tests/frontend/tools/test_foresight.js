import { describe, expect, test } from "vitest";
import { smart } from "../../../frontend/src/tools/smart.js";
import { click, columns, key, sample, settle, stroke, takeInHand } from "./hand.js";

const seen = (first, last) => ({ rle: columns(first, last), score: 0.9 });
const candidate = (first, last) => ({
  ...seen(first, last),
  stability: 1,
  logits: null,
  model: "sam",
});

/** The smart tool with a browser that decodes; `foreseen` holds each question. */
function withForesight() {
  const foreseen = [];
  const foresee = (prompt, isFresh) =>
    new Promise((resolve) => foreseen.push({ prompt, isFresh, resolve }));
  return { ...takeInHand(smart, [], { foresee }), foreseen };
}

const ghosts = ({ store }) =>
  store.state.session.overlay.filter(({ kind }) => kind === "ghost").map(({ rle }) => rle);

describe("under the moving pointer", () => {
  test("shows what a click would make, in the label's colour", async () => {
    const tool = withForesight();

    tool.hand.hover(sample(5, 6));
    tool.foreseen[0].resolve(seen(2, 4));
    await settle();

    expect(tool.foreseen[0].prompt).toEqual({
      points: [[5, 6, 1]],
      box: null,
      mask: null,
      logits: null,
      multimask: true,
    });
    expect(ghosts(tool)).toEqual([columns(2, 4)]);
    expect(tool.asked).toEqual([]);
  });

  test("that rests already when the tool is taken, too", async () => {
    const foreseen = [];
    const foresee = async (prompt) => {
      foreseen.push(prompt);
      return seen(2, 4);
    };
    const taken = (pointer) =>
      takeInHand(
        {
          take: (context) => {
            context.store.update({ pointer });
            return smart.take(context);
          },
        },
        [],
        { foresee },
      );

    const tool = taken({ x: 5, y: 6 });
    await settle();
    expect(foreseen.map(({ points }) => points)).toEqual([[[5, 6, 1]]]);
    expect(ghosts(tool)).toEqual([columns(2, 4)]);

    taken(null);
    taken({ x: -5, y: 6 });
    await settle();
    expect(foreseen).toHaveLength(1);
  });

  test("one question is under way, the latest waits, and the mask shown stays meanwhile", async () => {
    const tool = withForesight();
    tool.hand.hover(sample(5, 6));
    tool.foreseen[0].resolve(seen(2, 4));
    await settle();

    for (const x of [6, 7, 8]) tool.hand.hover(sample(x, 6));
    expect(tool.foreseen).toHaveLength(2);
    expect(ghosts(tool)).toEqual([columns(2, 4)]);
    tool.foreseen[1].resolve(seen(2, 5));
    await settle();

    expect(tool.foreseen).toHaveLength(3);
    expect(tool.foreseen[2].prompt.points).toEqual([[8, 6, 1]]);
    expect(tool.foreseen.map(({ isFresh }) => isFresh)).toEqual([true, false, false]);
    expect(ghosts(tool)).toEqual([columns(2, 5)]);
  });

  test.each([
    ["leaves", (hand) => hand.leave()],
    ["is beside the image", (hand) => hand.hover(sample(5, 31))],
    ["would take away, with Alt", (hand) => hand.hover(sample(5, 6, { alt: true }))],
    [
      "draws a box",
      (hand) => {
        hand.down(sample(5, 5));
        hand.drag([sample(25, 25)]);
      },
    ],
  ])("shows nothing once the pointer %s", async (_name, act) => {
    const tool = withForesight();
    tool.hand.hover(sample(5, 6));
    tool.foreseen[0].resolve(seen(2, 4));
    await settle();
    tool.hand.hover(sample(6, 6));

    act(tool.hand);
    tool.foreseen[1].resolve(seen(2, 5));
    await settle();

    expect(ghosts(tool)).toEqual([]);
  });

  test("shows nothing where the browser cannot decode", async () => {
    const tool = withForesight();

    tool.hand.hover(sample(5, 6));
    tool.foreseen[0].resolve(null);
    await settle();

    expect(ghosts(tool)).toEqual([]);
    expect(tool.notes).toEqual([]);
  });
});

describe("a click after it", () => {
  async function clicked() {
    const tool = withForesight();
    tool.hand.hover(sample(5, 6));
    tool.foreseen[0].resolve(seen(2, 9));
    await settle();
    click(tool.hand, 5, 6);
    return tool;
  }

  test("keeps the mask until the answer comes, so that nothing blinks", async () => {
    const tool = await clicked();
    expect(ghosts(tool)).toEqual([columns(2, 9)]);

    tool.asked[0].resolve([candidate(2, 9)]);
    await settle();

    expect(tool.store.state.session.overlay.map(({ kind }) => kind)).toEqual(["preview", "point"]);
  });

  test("makes the candidate that was seen, not the best one", async () => {
    const tool = await clicked();

    tool.asked[0].resolve([candidate(2, 30), candidate(2, 10), candidate(2, 3)]);
    await settle();

    expect(tool.store.state.session.status).toMatch(/^2 of 3/);
  });

  test("asks about no hover while it is judged, and again once it is accepted", async () => {
    const tool = await clicked();
    tool.asked[0].resolve([candidate(2, 9)]);
    await settle();
    tool.hand.hover(sample(20, 6));
    expect(tool.foreseen).toHaveLength(1);

    tool.hand.key(key("Enter"));
    tool.hand.hover(sample(21, 6));

    expect(tool.foreseen).toHaveLength(2);
    expect(tool.foreseen[1].isFresh).toBe(true);
  });
});

test("a box drawn in haste is asked about without a preview", () => {
  const tool = withForesight();

  stroke(tool.hand, [5, 5], [25, 25]);

  expect(tool.foreseen).toEqual([]);
  expect(tool.asked).toHaveLength(1);
});
