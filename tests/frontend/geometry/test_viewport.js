import { describe, expect, test } from "vitest";
import {
  atScale,
  classifyWheel,
  fitBox,
  fitImage,
  keepInSight,
  MAX_SCALE,
  MIN_SCALE,
  toImage,
  toScreen,
  zoomAt,
} from "../../../frontend/src/geometry/viewport.js";

const VIEW = { scale: 2, x: 30, y: -10 };
const STAGE = { width: 800, height: 600 };

test("screen and image coordinates are each other's inverse", () => {
  const point = { x: 12.5, y: 7.25 };

  expect(toImage(VIEW, toScreen(VIEW, point))).toEqual(point);
  expect(toScreen(VIEW, point)).toEqual({ x: 55, y: 4.5 });
});

test.each([0.5, 1.2, 3])("a zoom by %f leaves what is under the cursor there", (factor) => {
  const at = { x: 311, y: 207 };

  const zoomed = zoomAt(VIEW, at, factor);

  expect(zoomed.scale).toBeCloseTo(2 * factor);
  expect(toImage(zoomed, at).x).toBeCloseTo(toImage(VIEW, at).x);
  expect(toImage(zoomed, at).y).toBeCloseTo(toImage(VIEW, at).y);
});

test("a zoom stops at its limits, still under the cursor", () => {
  const at = { x: 100, y: 100 };

  expect(zoomAt(VIEW, at, 1e6).scale).toBe(MAX_SCALE);
  expect(zoomAt(VIEW, at, 1e-6).scale).toBe(MIN_SCALE);
  expect(toImage(zoomAt(VIEW, at, 1e6), at).x).toBeCloseTo(toImage(VIEW, at).x);
});

test.each([
  ["wide", { width: 4000, height: 100 }],
  ["tall", { width: 100, height: 4000 }],
  ["small", { width: 64, height: 48 }],
])("a %s image is fitted whole, below the options that float on top", (_name, image) => {
  const view = fitImage(image, STAGE);
  const from = toScreen(view, { x: 0, y: 0 });
  const to = toScreen(view, { x: image.width, y: image.height });

  expect(from.x).toBeGreaterThanOrEqual(24);
  expect(from.y).toBeGreaterThanOrEqual(56);
  expect(to.x).toBeLessThanOrEqual(776);
  expect(to.y).toBeLessThanOrEqual(576);
  expect(from.x + to.x).toBeCloseTo(800);
  expect(from.y + to.y).toBeCloseTo(632);
});

test("a part of the image is put in the middle of what no panel covers", () => {
  const view = fitBox([100, 200, 50, 20], STAGE);

  expect(toScreen(view, { x: 125, y: 210 })).toEqual({ x: 400, y: 316 });
});

test("100 % keeps the middle of the stage", () => {
  const view = atScale(VIEW, 1, STAGE);

  expect(view.scale).toBe(1);
  expect(toImage(view, { x: 400, y: 300 })).toEqual(toImage(VIEW, { x: 400, y: 300 }));
});

test.each([
  [{ scale: 1, x: 9999, y: 0 }],
  [{ scale: 1, x: -9999, y: 0 }],
  [{ scale: 1, x: 0, y: 9999 }],
  [{ scale: 0.1, x: 0, y: -9999 }],
])("the image cannot be pushed out of sight: %o", (view) => {
  const image = { width: 500, height: 400 };

  const kept = keepInSight(view, image, STAGE);

  expect(kept.x).toBeLessThan(STAGE.width);
  expect(kept.y).toBeLessThan(STAGE.height);
  expect(kept.x + image.width * kept.scale).toBeGreaterThan(0);
  expect(kept.y + image.height * kept.scale).toBeGreaterThan(0);
});

test("an image smaller than what is kept in sight can still be moved", () => {
  const view = { scale: 1, x: -10, y: 590 };

  expect(keepInSight(view, { width: 40, height: 20 }, STAGE)).toEqual(view);
});

describe("the wheel", () => {
  const event = { deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, shiftKey: false };

  test.each([
    ["a notch of a mouse wheel zooms", { deltaY: 120, wheelDeltaY: -120 }, "auto", null, "zoom"],
    ["a notch without wheelDelta zooms", { deltaY: 53 }, "auto", null, "zoom"],
    ["a scaled desktop's notch zooms", { deltaY: 66.7, wheelDeltaY: -120 }, "auto", null, "zoom"],
    ["lines zoom", { deltaY: 3, deltaMode: 1 }, "auto", null, "zoom"],
    ["a slow pad pans", { deltaY: 4, wheelDeltaY: -12 }, "auto", null, "pan"],
    ["a fraction pans", { deltaY: 80.5 }, "auto", null, "pan"],
    ["two axes pan", { deltaX: 3, deltaY: 90 }, "auto", null, "pan"],
    ["a pad's fast swipe stays a pad's", { deltaY: 120, wheelDeltaY: -360 }, "auto", "pad", "pan"],
    ["a pinch zooms", { deltaY: -3.5, ctrlKey: true }, "auto", null, "zoom"],
    ["a pinch zooms whatever the setting", { deltaY: -3.5, ctrlKey: true }, "pan", "pad", "zoom"],
    ["the setting pan", { deltaY: 120, wheelDeltaY: -120 }, "pan", null, "pan"],
    ["the setting zoom", { deltaX: 3, deltaY: 4 }, "zoom", null, "zoom"],
    ["Shift and wheel pan sideways", { deltaY: 120, shiftKey: true }, "auto", null, "pan"],
  ])("%s", (_name, parts, setting, recent, kind) => {
    expect(classifyWheel({ ...event, ...parts }, setting, recent).kind).toBe(kind);
  });

  test("away from the hand zooms in, towards it out", () => {
    expect(classifyWheel({ ...event, deltaY: -100 }, "zoom", null).factor).toBeGreaterThan(1);
    expect(classifyWheel({ ...event, deltaY: 100 }, "zoom", null).factor).toBeLessThan(1);
    expect(
      classifyWheel({ ...event, deltaY: -2, ctrlKey: true }, "auto", null).factor,
    ).toBeGreaterThan(1);
  });

  test("the picture follows the pad", () => {
    expect(classifyWheel({ ...event, deltaX: 5, deltaY: 7 }, "auto", null)).toMatchObject({
      dx: -5,
      dy: -7,
    });
    expect(classifyWheel({ ...event, deltaY: 100, shiftKey: true }, "auto", null)).toMatchObject({
      dx: -100,
      dy: 0,
    });
  });
});
