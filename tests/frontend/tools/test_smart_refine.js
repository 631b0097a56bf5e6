import { describe, expect, test } from "vitest";
import { fromBitmap, fromRuns } from "../../../frontend/src/geometry/rle.js";
import { smart } from "../../../frontend/src/tools/smart.js";
import { clicksOn, closer, isSmall } from "../../../frontend/src/tools/smartClicks.js";
import { click, columns, key, object, SIZE, settle, stroke, takeInHand } from "./hand.js";

const candidate = (rle, score = 0.9) => ({
  rle,
  score,
  stability: 0.8,
  logits: "the model's own",
  model: "sam",
});

/** A square of pixels. */
function square(x, y, side) {
  const bits = new Uint8Array(1200);
  for (let row = y; row < y + side; row += 1)
    for (let column = x; column < x + side; column += 1) bits[row * 40 + column] = 1;
  return fromBitmap(bits, SIZE);
}

async function answered(tool, ...candidates) {
  tool.asked.at(-1).resolve(candidates);
  await settle();
}

const preview = ({ store }) => store.state.session.overlay.find(({ kind }) => kind === "preview");

/** The smart tool taken while an object is selected. */
function refining(parts = {}) {
  const own = object("a", columns(5, 9), parts);
  const tool = takeInHand(smart, [own, object("b", columns(30, 32))]);
  tool.store.update({ selection: ["a"] });
  return tool;
}

describe("an object that the person selected", () => {
  test("lends its mask to the first click, and is refined by one undo step", async () => {
    const tool = refining({ source: "model", score: 0.5 });
    expect(tool.store.state.session.refines).toBe("a");

    click(tool.hand, 12, 6);
    expect(tool.asked[0].prompt).toEqual({
      points: [[12, 6, 1]],
      box: null,
      mask: columns(5, 9),
      logits: null,
      multimask: false,
    });
    await answered(tool, candidate(columns(5, 13)));
    tool.hand.key(key("Enter"));

    const { document, session } = tool.store.state;
    expect(document.objects.get("a").rle).toEqual(columns(5, 13));
    expect(document.objects.size).toBe(2);
    expect(session).toMatchObject({ selection: ["a"], refines: null, overlay: [] });
    tool.store.undo();
    expect(tool.store.state.document.objects.get("a").rle).toEqual(columns(5, 9));
    expect(tool.store.state.canUndo).toBe(false);
  });

  test("goes on from the model's own answer with the second click", async () => {
    const tool = refining();
    click(tool.hand, 12, 6);
    await answered(tool, candidate(columns(5, 13)));

    click(tool.hand, 30, 20, { primary: false });

    expect(tool.asked[1].prompt).toMatchObject({ mask: null, logits: "the model's own" });
  });

  test("is left alone once it was accepted: the next click makes a new one", async () => {
    const tool = refining();
    click(tool.hand, 12, 6);
    await answered(tool, candidate(columns(5, 13)));
    tool.hand.key(key("Enter"));

    click(tool.hand, 20, 6);
    expect(tool.asked[1].prompt.mask).toBeNull();
    await answered(tool, candidate(columns(18, 22)));
    tool.hand.key(key("Enter"));

    expect(tool.store.state.document.objects.size).toBe(3);
  });

  test("may be another one, chosen while nothing is half made", () => {
    const tool = refining();

    tool.store.update({ selection: ["b"] });
    click(tool.hand, 12, 6);

    expect(tool.asked[0].prompt.mask).toEqual(columns(30, 32));
  });

  test("is let go by Esc, clicks first", async () => {
    const tool = refining();
    click(tool.hand, 12, 6);
    await answered(tool, candidate(columns(5, 13)));

    expect(tool.hand.cancel()).toBe(true);
    expect(tool.store.state.session.refines).toBe("a");
    expect(tool.hand.cancel()).toBe(true);

    expect(tool.store.state.session).toMatchObject({ refines: null, selection: [] });
    expect(tool.hand.cancel()).toBe(false);
  });

  test.each(["hidden", "locked"])("is not refined while it is %s", (how) => {
    const tool = takeInHand(smart, [object("a", columns(5, 9))]);

    tool.store.update({ [how]: new Set(["a"]), selection: ["a"] });
    click(tool.hand, 12, 6);

    expect(tool.asked[0].prompt.mask).toBeNull();
  });

  test("is nobody's any more once the tool is put down", () => {
    const tool = refining();

    tool.hand.disable();
    tool.store.update({ selection: ["b"] });

    expect(tool.store.state.session.refines).toBeNull();
  });
});

test("several objects are made without leaving the tool, each a step of its own", async () => {
  const tool = takeInHand(smart);
  for (const x of [5, 15, 25]) {
    click(tool.hand, x, 5);
    await answered(tool, candidate(columns(x, x + 2)));
    tool.hand.key(key("Enter"));
  }

  expect(tool.store.state.document.objects.size).toBe(3);
  tool.store.undo();
  expect(tool.store.state.document.objects.size).toBe(2);
});

test("a box and clicks go to the model together", async () => {
  const tool = takeInHand(smart);
  stroke(tool.hand, [5, 5], [25, 25]);
  await answered(tool, candidate(columns(5, 24)));

  click(tool.hand, 10, 10, { alt: true });

  expect(tool.asked[1].prompt).toMatchObject({
    points: [[10, 10, 0]],
    box: [5, 5, 25, 25],
    logits: "the model's own",
    multimask: false,
  });
});

test("Tab asks for the other candidates where one was given, then goes through them", async () => {
  const tool = takeInHand(smart);
  click(tool.hand, 5, 5);
  await answered(tool, candidate(columns(5, 24)));
  tool.hand.key(key("Tab"));
  expect(tool.asked[1].prompt).toMatchObject({ points: [[5, 5, 1]], multimask: true });
  await answered(tool, candidate(columns(5, 24)), candidate(columns(5, 9), 0.6));

  tool.hand.key(key("Tab"));

  expect(tool.store.state.session.status).toBe("2 of 2, score 0.60");
  tool.hand.key(key("Backspace"));
  expect(tool.store.state.session.overlay).toEqual([]);
});

describe("a small object", () => {
  const SMALL = square(10, 10, 4);

  async function clicked() {
    const tool = takeInHand(smart);
    click(tool.hand, 12, 12);
    await answered(tool, candidate(SMALL));
    return tool;
  }

  test("is offered a closer look, a large one is not", async () => {
    expect(preview(await clicked()).small).toBe(true);
    expect(isSmall(square(0, 0, 20), { width: 40, height: 30 })).toBe(false);
  });

  test("is seen closer by Z: its part of the image, the mask around kept, to be taken back", async () => {
    const tool = await clicked();

    tool.hand.key(key("z"));

    expect(tool.asked[1].prompt).toEqual({
      points: [[12, 12, 1]],
      box: null,
      mask: SMALL,
      logits: null,
      multimask: false,
      region: [0, 0, 26, 26],
    });
    await answered(tool, candidate(square(10, 10, 5)));
    expect(tool.store.state.session.status).toBe("score 0.90, seen closer");
    expect(preview(tool).small).toBe(false);
    tool.hand.key(key("Backspace"));
    expect(preview(tool).rle).toEqual(SMALL);
  });

  test("keeps the part for clicks within it, and the whole image for others", async () => {
    const tool = await clicked();
    tool.hand.key(key("z"));
    await answered(tool, candidate(square(10, 10, 5)));

    click(tool.hand, 24, 24, { alt: true });
    expect(tool.asked[2].prompt).toMatchObject({
      region: [0, 0, 26, 26],
      mask: SMALL,
      logits: "the model's own",
    });
    await answered(tool, candidate(square(10, 10, 6)));
    click(tool.hand, 36, 24);

    expect(tool.asked[3].prompt.region).toBeUndefined();
    expect(tool.asked[3].prompt).toMatchObject({ mask: square(10, 10, 6), logits: null });
  });

  test("that is selected is seen closer without a click", () => {
    const tool = takeInHand(smart, [object("a", SMALL)]);
    tool.store.update({ selection: ["a"] });

    tool.hand.key(key("z"));

    expect(tool.asked[0].prompt).toMatchObject({ points: [], mask: SMALL, region: [0, 0, 26, 26] });
  });

  test("in a corner is looked at as far as the image reaches", () => {
    const image = { width: 40, height: 30 };

    expect(closer(clicksOn(null), square(38, 28, 2), image).region).toEqual([25, 15, 40, 30]);
  });

  test.each([
    [20, 192],
    [100, 300],
  ])("of %d pixels is seen in a part of %d", (side, room) => {
    const image = { width: 2000, height: 1500 };
    const mask = fromRuns([700, side, 1500 * 2000 - 700 - side], [1500, 2000]);

    const [, top, , bottom] = closer(clicksOn(null), mask, image).region;

    expect(bottom - top).toBe(room);
  });
});
