import { describe, expect, test } from "vitest";
import { area, contains } from "../../../frontend/src/geometry/rle.js";
import { putLabel } from "../../../frontend/src/model/actions/putLabel.js";
import { scribble } from "../../../frontend/src/tools/scribble.js";
import { answered, columns, key, object, painted, stroke, takeInHand } from "./hand.js";

/** Two red blocks on blue ground. */
const ROWS = Array.from({ length: 30 }, (_, y) =>
  Array.from({ length: 40 }, (_, x) =>
    y >= 5 && y < 25 && ((x >= 4 && x < 16) || (x >= 24 && x < 36)) ? "r" : "b",
  ).join(""),
);
const read = painted(ROWS, { r: [210, 40, 40], b: [40, 80, 200] });
const LABEL = {
  number: 1,
  name: "",
  color: "#0072b2",
  supercategory: "",
  hotkey: "",
  order: 0,
  archived: false,
};

const objectsOf = ({ store }) => [...store.state.document.objects.values()];
const rasterOf = ({ store }) => store.state.session.overlay.find(({ kind }) => kind === "raster");

function inHand(objects = [], session = {}, services = {}) {
  const taken = takeInHand(
    {
      ...scribble,
      take: (context) =>
        scribble.take({ ...context, services: { ...context.services, ...services } }),
    },
    objects,
    { read },
  );
  for (const [id, is_thing] of [
    [1, true],
    [2, false],
  ])
    taken.store.dispatch(putLabel({ ...LABEL, id, is_thing, name: `l${id}` }), {
      origin: "remote",
    });
  taken.store.update({
    label: 1,
    brushSize: 3,
    options: { dropSize: 10, scribbleSmoothing: 0 },
    ...session,
  });
  return taken;
}

/** A stroke on a block and one on the ground. */
async function taught(tool, ground = { alt: true }) {
  stroke(tool.hand, [8, 10], [8, 20]);
  stroke(tool.hand, [20, 3], [20, 27], ground);
  stroke(tool.hand, [2, 2], [38, 2], ground);
  await answered(tool);
}

describe("scribbling", () => {
  test("on one class asks for another", async () => {
    const tool = inHand();

    stroke(tool.hand, [8, 10], [8, 20]);
    await answered(tool);

    expect(tool.store.state.session.status).toContain("One class more");
    expect(rasterOf(tool)).toBeDefined();
    tool.hand.key(key("Enter"));
    await answered(tool);
    expect(objectsOf(tool)).toEqual([]);
    expect(tool.notes).toHaveLength(1);
  });

  test("on two shows what was learned, and how certain", async () => {
    const tool = inHand();

    await taught(tool);

    expect(tool.store.state.session.status).toMatch(/^2 classes, \d+ % certain$/);
    const { rgba, frame } = rasterOf(tool);
    const at = (x, y) => [...rgba.slice(4 * (y * frame.width + x), 4 * (y * frame.width + x) + 3)];
    expect(at(30, 15)).toEqual([0x00, 0x72, 0xb2]);
    expect(at(38, 28)).toEqual([0x7d, 0x7d, 0x7d]);
    expect(tool.store.state.canUndo).toBe(false);
  });

  test("Enter makes an object of each piece of a thing, none of the background, in one step", async () => {
    const tool = inHand();
    await taught(tool);

    tool.hand.key(key("Enter"));
    await answered(tool);

    expect(objectsOf(tool)).toHaveLength(2);
    for (const { rle, label } of objectsOf(tool)) {
      expect(label).toBe(1);
      expect(Math.abs(area(rle) - 12 * 20)).toBeLessThan(50);
    }
    expect(rasterOf(tool)).toBeUndefined();
    tool.store.undo();
    expect(objectsOf(tool)).toEqual([]);
  });

  test.each([
    ["stuff is one region", { label: 2 }],
    [
      "so is a thing where that is wanted",
      { options: { scribblePieces: false, dropSize: 10, scribbleSmoothing: 0 } },
    ],
  ])("%s", async (_name, session) => {
    const tool = inHand([], session);
    await taught(tool);

    tool.hand.key(key("Enter"));
    await answered(tool);

    expect(objectsOf(tool)).toHaveLength(1);
    expect(contains(objectsOf(tool)[0].rle, 30, 15)).toBe(true);
  });

  test.each([
    ["what others cover stays theirs", "protect", false],
    ["unless it is drawn over", "over", true],
  ])("%s", async (_name, overlap, isTaken) => {
    const tool = inHand([object("a", columns(24, 30))], { overlap });
    await taught(tool);

    tool.hand.key(key("Enter"));
    await answered(tool);

    const fresh = objectsOf(tool).filter(({ id }) => id !== "a");
    expect(fresh.some(({ rle }) => contains(rle, 27, 15))).toBe(isTaken);
  });

  test("undo takes back scribble by scribble, redo brings them again, Esc forgets all", async () => {
    const tool = inHand();
    await taught(tool);

    tool.hand.undo();
    tool.hand.key(key("Backspace"));
    await answered(tool);
    expect(tool.store.state.session.status).toContain("One class more");
    tool.hand.redo();
    await answered(tool);
    expect(tool.store.state.session.status).toMatch(/^2 classes/);
    expect(tool.hand.cancel()).toBe(true);
    await answered(tool);

    expect(tool.hand.cancel()).toBe(false);
    expect(rasterOf(tool)).toBeUndefined();
  });

  test("shows where it is unsure", async () => {
    const tool = inHand([], { options: { scribbleShows: "doubt", dropSize: 10 } });

    await taught(tool);

    const { rgba } = rasterOf(tool);
    const yellow = (cell) => rgba[4 * cell] === 255 && rgba[4 * cell + 1] === 214;
    const count = Array.from({ length: 1200 }, (_, cell) => yellow(cell)).filter(Boolean).length;
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(1200);
  });

  test("outlasts another tool in between", async () => {
    const tool = inHand();
    await taught(tool);
    tool.hand.disable();

    const again = scribble.take({
      store: tool.store,
      services: { notify() {} },
      describe: (overlay, status = "") => tool.store.update({ overlay, status }),
      cursor: () => {},
    });

    expect(again.cancel()).toBe(true);
  });

  test("without a label says what is needed", () => {
    const tool = inHand([], { label: null });

    stroke(tool.hand, [8, 10], [8, 20]);

    expect(tool.notes).toEqual([["warn", "Choose a label first: press a digit."]]);
  });

  test("learns with the model's embedding where there is one", async () => {
    let asked = 0;
    const embedding = async () => {
      asked += 1;
      return { data: new Float32Array(3 * 16), channels: 3, side: 4 };
    };
    const tool = inHand([], {}, { embedding });

    await taught(tool);

    expect(asked).toBeGreaterThan(0);
    expect(tool.store.state.session.status).toMatch(/^2 classes/);
  });
});
