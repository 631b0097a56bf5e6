import { expect, test } from "vitest";
import { fromRuns, toBitmap } from "../../../frontend/src/geometry/rle.js";
import { maskDiff, masksOnPicture } from "../../../frontend/src/model/maskDiff.js";

const SIZE = [2, 4]; // runs go down the columns
const columns = (first, last) => fromRuns([2 * first, 2 * (last - first), 8 - 2 * last], SIZE);
const masks = (parts) => new Map(Object.entries(parts));
const drawn = (rles) => rles.map((rle) => [...toBitmap(rle)].join(""));

test("a moved object has added, removed and unchanged pixels", () => {
  const { masks: found, counts } = maskDiff(
    masks({ a: columns(0, 2) }),
    masks({ a: columns(1, 4) }),
  );

  expect(drawn(found.added)).toEqual(["00110011"]);
  expect(drawn(found.removed)).toEqual(["10001000"]);
  expect(drawn(found.same)).toEqual(["01000100"]);
  expect(counts).toMatchObject({ added: 4, removed: 2, same: 2, iou: 0.25, changedObjects: 1 });
});

test("new, gone and untouched objects are counted as such", () => {
  const [a, b, c] = [columns(0, 1), columns(1, 2), columns(3, 4)];
  const { masks: found, counts } = maskDiff(masks({ a, b }), masks({ b, c }));

  expect(found).toEqual({ added: [c], removed: [a], same: [b] });
  expect(counts).toEqual({
    ...{ added: 2, removed: 2, same: 2, iou: 1 / 3 },
    ...{ newObjects: 1, goneObjects: 1, changedObjects: 0, sameObjects: 1 },
  });
});

test("pixels that change hands are removed from one and added to the other", () => {
  const { counts } = maskDiff(
    masks({ a: columns(0, 2), b: columns(2, 4) }),
    masks({ a: columns(0, 3), b: columns(3, 4) }),
  );

  expect(counts).toMatchObject({ added: 2, removed: 2, same: 6, iou: 0.6 });
});

test("where nothing differs everything is unchanged, and of nothing there is no IoU", () => {
  const all = masks({ a: columns(0, 4) });

  expect(maskDiff(all, all).counts).toMatchObject({ added: 0, removed: 0, same: 8, iou: 1 });
  expect(maskDiff(masks({}), masks({})).counts.iou).toBeNull();
});

test("rejected suggestions are not on the picture, and one object can be looked at alone", () => {
  const rle = columns(0, 1);
  const objects = [
    { id: "a", rle, state: "confirmed" },
    { id: "b", rle, state: "rejected" },
    { id: "c", rle, state: "suggested" },
  ];

  expect([...masksOnPicture(objects, null).keys()]).toEqual(["a", "c"]);
  expect([...masksOnPicture(objects, "c").keys()]).toEqual(["c"]);
});
