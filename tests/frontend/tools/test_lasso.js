import { expect, test } from "vitest";
import { area, contains } from "../../../frontend/src/geometry/rle.js";
import { lasso } from "../../../frontend/src/tools/lasso.js";
import { click, columns, object, sample, takeInHand } from "./hand.js";

const objectsOf = ({ store }) => [...store.state.document.objects.values()];

function circle(hand, parts = {}) {
  const at = (angle) => [20 + 8 * Math.cos(angle), 15 + 8 * Math.sin(angle)];
  hand.down(sample(...at(0), parts));
  for (let step = 1; step < 60; step += 1)
    hand.drag([sample(...at((step / 60) * 2 * Math.PI), parts)]);
  hand.up(sample(...at(6.25), parts));
}

test("what it was led round becomes a new object, selected, in one step", () => {
  const tool = takeInHand(lasso);
  tool.store.update({ label: 4 });

  circle(tool.hand);

  const [drawn] = objectsOf(tool);
  expect(drawn).toMatchObject({ label: 4, state: "confirmed" });
  expect(Math.abs(area(drawn.rle) - Math.PI * 64)).toBeLessThan(8);
  expect(tool.store.state.session).toMatchObject({ selection: [drawn.id], overlay: [] });
  tool.store.undo();
  expect(objectsOf(tool)).toEqual([]);
});

test.each([
  ["Shift adds to the selected object", { shift: true }, true],
  ["Alt cuts out of it", { alt: true }, false],
])("%s", (_name, parts, inside) => {
  const tool = takeInHand(lasso, [object("a", columns(0, 20))]);
  tool.store.update({ selection: ["a"] });

  circle(tool.hand, parts);

  expect(objectsOf(tool)).toHaveLength(1);
  expect(contains(objectsOf(tool)[0].rle, 25, 15)).toBe(inside);
  expect(contains(objectsOf(tool)[0].rle, 15, 15)).toBe(inside);
  expect(contains(objectsOf(tool)[0].rle, 2, 2)).toBe(true);
});

test("a click is explained, Alt with nothing selected too", () => {
  const tool = takeInHand(lasso);

  click(tool.hand, 5, 5);
  circle(tool.hand, { alt: true });

  expect(tool.notes.map(([kind]) => kind)).toEqual(["info", "info"]);
  expect(objectsOf(tool)).toEqual([]);
});

test("Esc and a lost pointer leave nothing behind", () => {
  const tool = takeInHand(lasso);
  tool.hand.down(sample(5, 5));
  tool.hand.drag([sample(9, 9), sample(5, 9)]);

  expect(tool.hand.cancel()).toBe(true);
  tool.hand.up(sample(5, 5));

  expect(tool.hand.cancel()).toBe(false);
  expect(objectsOf(tool)).toEqual([]);
  expect(tool.store.state.session.overlay).toEqual([]);
});

test("drawn behind, it ends where another object begins; where nothing is left it says so", () => {
  const tool = takeInHand(lasso, [object("a", columns(0, 19))]);
  tool.store.update({ overlap: "behind", label: 2 });

  circle(tool.hand);
  const drawn = objectsOf(tool).find(({ id }) => id !== "a");
  circle(tool.hand);

  expect(contains(drawn.rle, 19, 15)).toBe(false);
  expect(contains(drawn.rle, 20, 15)).toBe(true);
  expect(objectsOf(tool)).toHaveLength(2);
  expect(tool.notes).toHaveLength(1);
});
