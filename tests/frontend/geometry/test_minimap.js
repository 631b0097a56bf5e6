import { expect, test } from "vitest";
import {
  centredOn,
  frameOnMap,
  isPartInSight,
  mapSize,
} from "../../../frontend/src/geometry/minimap.js";

const IMAGE = { width: 1680, height: 840 };
const STAGE = { width: 800, height: 600 };

test("the map has the image's shape and never vanishes", () => {
  expect(mapSize(IMAGE)).toEqual({ width: 168, height: 84 });
  expect(mapSize({ width: 100, height: 10_000 })).toEqual({ width: 24, height: 128 });
});

test.each([
  [{ scale: 0.4, x: 20, y: 50 }, false],
  [{ scale: 1, x: 0, y: 0 }, true],
  [{ scale: 0.4, x: -40, y: 50 }, true],
])("with the view %o a part is in sight: %s", (view, expected) => {
  expect(isPartInSight(view, IMAGE, STAGE)).toBe(expected);
});

test("the frame is what is in sight, cut to the image", () => {
  expect(frameOnMap({ scale: 1, x: -400, y: -120 }, IMAGE, STAGE)).toEqual([40, 12, 80, 60]);
  expect(frameOnMap({ scale: 1, x: 100, y: 100 }, IMAGE, STAGE)).toEqual([0, 0, 70, 50]);
});

test("a press brings its place to the middle, and the image stays in sight", () => {
  const view = centredOn({ scale: 2, x: 0, y: 0 }, { x: 84, y: 42 }, IMAGE, STAGE);

  expect(view).toEqual({ scale: 2, x: 400 - 1680, y: 300 - 840 });
  const far = centredOn({ scale: 2, x: 0, y: 0 }, { x: -9000, y: 0 }, IMAGE, STAGE);
  expect(far.x).toBe(800 - 48);
});
