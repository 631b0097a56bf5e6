import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Frames } from "../../../frontend/src/render/frames.js";

let pending;

beforeEach(() => {
  vi.useFakeTimers();
  pending = new Map();
  let last = 0;
  vi.stubGlobal("requestAnimationFrame", (callback) => {
    last += 1;
    pending.set(last, callback);
    return last;
  });
  vi.stubGlobal("cancelAnimationFrame", (handle) => pending.delete(handle));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function nextFrame() {
  const callbacks = [...pending.values()];
  pending.clear();
  for (const callback of callbacks) callback(16);
}

function recording() {
  const drawn = [];
  return { drawn, frames: new Frames((dirty) => drawn.push([...dirty])) };
}

test("many requests are one frame, each layer once", () => {
  const { drawn, frames } = recording();

  frames.request(["top"]);
  frames.request(["masks", "top"]);
  nextFrame();
  nextFrame();

  expect(drawn).toEqual([["top", "masks"]]);
});

test("what is asked for while drawing is drawn in the next frame", () => {
  const drawn = [];
  const frames = new Frames((dirty) => {
    drawn.push([...dirty]);
    if (drawn.length === 1) frames.request(["top"]);
  });

  frames.request(["image"]);
  nextFrame();
  nextFrame();

  expect(drawn).toEqual([["image"], ["top"]]);
});

test("a later frame comes once after its delay", () => {
  const { drawn, frames } = recording();

  frames.requestLater(["top"], 50);
  frames.requestLater(["top"], 50);
  vi.advanceTimersByTime(49);
  nextFrame();
  expect(drawn).toEqual([]);
  vi.advanceTimersByTime(1);
  nextFrame();

  expect(drawn).toEqual([["top"]]);
});

test("nothing is drawn after the end", () => {
  const { drawn, frames } = recording();
  frames.request(["top"]);
  frames.requestLater(["top"], 50);

  frames.stop();
  vi.advanceTimersByTime(100);
  nextFrame();

  expect(drawn).toEqual([]);
});

test("no layer, no frame", () => {
  const { frames } = recording();

  frames.request([]);

  expect(pending.size).toBe(0);
});
