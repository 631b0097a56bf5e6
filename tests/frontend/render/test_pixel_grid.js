import { expect, test } from "vitest";
import { gridLines, showsGrid } from "../../../frontend/src/render/pixelGrid.js";

const IMAGE = { width: 100, height: 80 };

test("lines lie where pixels meet, only in sight and within the image", () => {
  const view = { scale: 10, x: 15, y: -5 }; // the image's left edge is on the stage, its top is not
  const { across, down, box } = gridLines(view, IMAGE, { width: 40, height: 30 }, 2);

  expect(across).toEqual([30, 50, 70, 90]);
  expect(down).toEqual([-10, 10, 30, 50, 70]);
  expect(box).toEqual([30, -10, 90, 70]);
});

test.each([
  [7.9, true, false],
  [8, true, true],
  [8, false, false],
])("at a scale of %d and wanted %s it is shown: %s", (scale, gridShown, expected) => {
  expect(showsGrid({ gridShown, view: { scale, x: 0, y: 0 } })).toBe(expected);
});
