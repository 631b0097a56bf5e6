import { describe, expect, test } from "vitest";
import { area, fromRuns } from "../../../frontend/src/geometry/rle.js";
import { smart } from "../../../frontend/src/tools/smart.js";
import { clicksOn, seenCloser } from "../../../frontend/src/tools/smartClicks.js";
import { click, columns, key, settle, stroke, takeInHand } from "./hand.js";

const candidate = (first, last, logits = "logits") => ({
  rle: columns(first, last),
  score: 0.9,
  stability: 0.8,
  logits,
  model: "sam_nano",
});
const COARSE = [candidate(10, 14), candidate(10, 20)];
const FINE = [candidate(11, 13, null)];

/** A tool whose closer looks a test answers. */
function withCloser() {
  const looks = [];
  const lookCloser = (prompt) =>
    new Promise((resolve) => {
      looks.push({ prompt, resolve });
    });
  return { ...takeInHand(smart, [], { lookCloser }), looks };
}

async function answer(question, candidates) {
  question.resolve(candidates);
  await settle();
}

function shown({ store }) {
  const preview = store.state.session.overlay.find(({ kind }) => kind === "preview");
  return preview && area(preview.rle) / 30; // columns
}

describe("a small box", () => {
  test("is answered at once, and better when the closer look is there", async () => {
    const tool = withCloser();
    stroke(tool.hand, [10, 8], [16, 14]);
    await answer(tool.asked[0], COARSE);
    expect(shown(tool)).toBe(5);
    expect(tool.store.state.session.status).not.toContain("seen closer");

    await answer(tool.looks[0], FINE);

    expect(tool.looks[0].prompt).toMatchObject({ box: [10, 8, 16, 14], points: [], logits: null });
    expect(shown(tool)).toBe(3);
    expect(tool.store.state.session.status).toContain("seen closer");
    expect(tool.store.state.session.busy).toBe(false);
  });

  test("keeps its answer where a closer look finds nothing", async () => {
    const tool = withCloser();
    stroke(tool.hand, [10, 8], [16, 14]);
    await answer(tool.asked[0], COARSE);

    await answer(tool.looks[0], []);

    expect(shown(tool)).toBe(5);
  });

  test.each([
    ["another candidate was chosen", (hand) => hand.key(key("Tab")), 11],
    ["a click was added", (hand) => click(hand, 12, 10), 5],
    ["it was cancelled", (hand) => hand.cancel(), undefined],
  ])("keeps what is shown where %s meanwhile", async (_name, act, columnsShown) => {
    const tool = withCloser();
    stroke(tool.hand, [10, 8], [16, 14]);
    await answer(tool.asked[0], COARSE);
    act(tool.hand);

    await answer(tool.looks[0], FINE);

    expect(shown(tool)).toBe(columnsShown);
  });

  test("stays looked at closer with further clicks, and is not looked at twice", async () => {
    const tool = withCloser();
    stroke(tool.hand, [10, 8], [16, 14]);
    await answer(tool.asked[0], COARSE);
    await answer(tool.looks[0], FINE);

    click(tool.hand, 12, 10);
    await answer(tool.asked[1], [candidate(11, 12, null)]);

    expect(tool.asked[1].prompt).toMatchObject({ isCloser: true, logits: null });
    expect(tool.looks).toHaveLength(1);
    expect(tool.store.state.session.status).toContain("seen closer");
  });

  test("with a click that lies too far off is one of the whole image again", async () => {
    const tool = withCloser();
    stroke(tool.hand, [10, 8], [16, 14]);
    await answer(tool.asked[0], COARSE);
    await answer(tool.looks[0], FINE);

    click(tool.hand, 38, 28, { primary: false });
    await answer(tool.asked[1], [candidate(11, 12)]);

    expect(tool.store.state.session.status).not.toContain("seen closer");
  });
});

describe("a small object", () => {
  const PLACES = [
    [6, 12],
    [18, 12],
    [30, 12],
    [18, 23],
    [30, 1],
  ]; // too far apart to be one point
  const dot = (column) => fromRuns([column * 30 + 8, 4, 40 * 30 - column * 30 - 12], [30, 40]);
  const spot = (column) => ({ ...candidate(column, column), rle: dot(column) });

  async function clicked(tool, ...places) {
    for (const place of places) {
      click(tool.hand, ...PLACES[place]);
      await answer(tool.asked[place], [spot(18)]);
    }
  }

  test("is looked at closer after the fourth click, its mask goes along and the part stays", async () => {
    const tool = withCloser();
    await clicked(tool, 0, 1, 2);
    expect(tool.looks).toHaveLength(0);
    await clicked(tool, 3);

    await answer(tool.looks[0], [spot(19)]);
    click(tool.hand, ...PLACES[4]);

    const { prompt } = tool.looks[0];
    expect(prompt.points).toHaveLength(4);
    expect(prompt).toMatchObject({ mask: dot(18), logits: null });
    expect(tool.store.state.session.status).toContain("seen closer");
    expect(tool.asked[4].prompt).toMatchObject({ region: prompt.region, logits: "logits" });
    expect(tool.looks).toHaveLength(1);
  });

  test("is not where a click lies too far from it", async () => {
    const tool = withCloser();
    await clicked(tool, 0, 1, 2);
    click(tool.hand, 39, 29, { primary: false });
    await answer(tool.asked[3], [spot(18)]);

    expect(tool.looks).toHaveLength(0);
  });

  test("is not where it turned out large", async () => {
    const tool = withCloser();
    await clicked(tool, 0, 1, 2);
    click(tool.hand, ...PLACES[3]);
    await answer(tool.asked[3], [candidate(2, 30)]);

    expect(tool.looks).toHaveLength(0);
  });
});

test("of a picture that takes long to read nothing is looked at closer", () => {
  const clicks = { ...clicksOn(null), box: [10, 10, 90, 90] };

  expect(seenCloser(clicks, { width: 4000, height: 4000 })).not.toBeNull();
  expect(seenCloser(clicks, { width: 4000, height: 4001 })).toBeNull();
});

test.each([
  ["a large box", (hand) => stroke(hand, [2, 2], [30, 20])],
  ["a click", (hand) => click(hand, 12, 10)],
])("%s asks for no closer look", async (_name, act) => {
  const tool = withCloser();
  act(tool.hand);

  await answer(tool.asked[0], COARSE);

  expect(tool.looks).toHaveLength(0);
});
