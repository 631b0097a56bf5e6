import { describe, expect, test } from "vitest";
import { area, contains } from "../../../frontend/src/geometry/rle.js";
import { box } from "../../../frontend/src/tools/box.js";
import { polygon } from "../../../frontend/src/tools/polygon.js";
import { click, columns, key, object, sample, stroke, takeInHand } from "./hand.js";

const objectsOf = ({ store }) => [...store.state.document.objects.values()];

function cornersAt(hand, ...corners) {
  for (const [x, y] of corners) click(hand, x, y);
}

const SQUARE = [
  [2, 2],
  [22, 2],
  [22, 22],
  [2, 22],
];

describe("the polygon", () => {
  test.each([
    ["Enter", (hand) => hand.key(key("Enter"))],
    ["a click on the first corner", (hand) => hand.down(sample(4, 4))],
    ["a second click on the last corner", (hand) => hand.down(sample(3, 21))],
  ])("is closed by %s", (_name, close) => {
    const tool = takeInHand(polygon);
    tool.store.update({ label: 2 });
    cornersAt(tool.hand, ...SQUARE);

    close(tool.hand);

    expect(objectsOf(tool)).toHaveLength(1);
    expect(objectsOf(tool)[0]).toMatchObject({ label: 2, state: "confirmed" });
    expect(area(objectsOf(tool)[0].rle)).toBe(400);
    expect(tool.store.state.session).toMatchObject({
      selection: [objectsOf(tool)[0].id],
    });
    expect(tool.store.state.session.overlay.map(({ kind }) => kind)).toEqual(["knots"]);
  });

  test("closed with Alt cuts a piece out of the selected object", () => {
    const tool = takeInHand(polygon, [object("a", columns(0, 30))]);
    tool.store.update({ selection: ["a"] });
    cornersAt(tool.hand, ...SQUARE);

    tool.hand.key(key("Enter", { alt: true }));

    expect(objectsOf(tool)).toHaveLength(1);
    expect(contains(objectsOf(tool)[0].rle, 10, 10)).toBe(false);
    expect(area(objectsOf(tool)[0].rle)).toBe(31 * 30 - 400);
  });

  test("Backspace and undo take the last corner back, redo brings it again", () => {
    const tool = takeInHand(polygon);
    cornersAt(tool.hand, ...SQUARE);

    tool.hand.key(key("Backspace"));
    tool.hand.undo();
    expect(tool.store.state.session.status).toBe("2 corners");
    tool.hand.redo();

    expect(tool.store.state.session.status).toBe("3 corners");
    expect(tool.store.state.canUndo).toBe(false);
  });

  test("of two corners is not closed but explained", () => {
    const tool = takeInHand(polygon);
    cornersAt(tool.hand, [2, 2], [22, 2]);

    expect(tool.hand.key(key("Enter"))).toBe(true);

    expect(tool.notes).toEqual([["info", "A polygon needs at least three corners."]]);
    expect(tool.store.state.session.status).toBe("2 corners");
  });

  test("Esc forgets the corners, a second Esc is somebody else's", () => {
    const tool = takeInHand(polygon);
    cornersAt(tool.hand, [2, 2], [22, 2]);

    expect(tool.hand.cancel()).toBe(true);
    expect(tool.hand.cancel()).toBe(false);
    expect(tool.hand.key(key("Enter"))).toBe(false);
  });

  test("corners beyond the border lie on it", () => {
    const tool = takeInHand(polygon);
    cornersAt(tool.hand, [-50, -50], [90, -50], [90, 90], [-50, 90]);

    tool.hand.key(key("Enter"));

    expect(area(objectsOf(tool)[0].rle)).toBe(40 * 30);
  });
});

describe("the box", () => {
  test("is drawn by a drag", () => {
    const tool = takeInHand(box);

    stroke(tool.hand, [30, 20], [10, 5]);

    expect(area(objectsOf(tool)[0].rle)).toBe(20 * 15);
  });

  test("is drawn by two clicks", () => {
    const tool = takeInHand(box);

    click(tool.hand, 10, 5);
    tool.hand.hover(sample(20, 10));
    expect(tool.store.state.session.overlay).toMatchObject([{ kind: "box", box: [10, 5, 20, 10] }]);
    click(tool.hand, 30, 20);

    expect(area(objectsOf(tool)[0].rle)).toBe(20 * 15);
    expect(tool.store.state.session.overlay).toEqual([]);
  });

  test("is given up by Esc", () => {
    const tool = takeInHand(box);
    click(tool.hand, 10, 5);

    expect(tool.hand.cancel()).toBe(true);
    click(tool.hand, 30, 20);

    expect(objectsOf(tool)).toEqual([]);
  });

  test("of no pixel makes no object", () => {
    const tool = takeInHand(box);

    stroke(tool.hand, [-30, 5], [-10, 20]);

    expect(objectsOf(tool)).toEqual([]);
  });
});
