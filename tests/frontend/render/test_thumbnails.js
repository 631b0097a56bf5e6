// Thumbnails come after the new image, a few between two frames, and never keep anybody waiting.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromPatch } from "../../../frontend/src/geometry/rle.js";
import { Thumbnails } from "../../../frontend/src/render/thumbnails.js";

const IMAGE = { file: "/a.jpg", preview: "/a/preview/", width: 100, height: 80 };
const COLOR = "#ff8000";
const rle = fromPatch(
  { x: 10, y: 10, width: 20, height: 20, bits: new Uint8Array(400).fill(1) },
  [80, 100],
);
const objects = Array.from({ length: 6 }, (_, at) => /** @type {any} */ ({ id: `${at}`, rle }));

let frames;
let decoded;
let clock;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  frames = [];
  decoded = {};
  decoded.promise = new Promise((resolve, reject) => Object.assign(decoded, { resolve, reject }));
  clock = 0;
  vi.stubGlobal("devicePixelRatio", 1);
  vi.stubGlobal("requestAnimationFrame", (/** @type {() => void} */ act) => frames.push(act));
  vi.stubGlobal("document", { createElement: () => new Canvas() });
  vi.stubGlobal(
    "Image",
    class {
      decode = () => decoded.promise;
    },
  );
  vi.spyOn(performance, "now").mockImplementation(() => clock);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

class Canvas {
  drawn = [];
  getContext() {
    return {
      canvas: this,
      setTransform: () => {},
      drawImage: (what) => {
        clock += 2; // ms
        this.drawn.push(what.constructor.name);
      },
      createImageData: (width, height) => ({ data: new Uint8ClampedArray(4 * width * height) }),
      putImageData: (pixels) => {
        this.pixels = pixels.data;
      },
    };
  }
}

/** A list of all objects, drawn again whenever it is told to. */
function listed() {
  const list = { shown: [], turns: 0 };
  const thumbnails = new Thumbnails(8, () => {
    list.turns += 1;
    list.draw();
  });
  list.draw = () => {
    list.shown = objects.map((object) => thumbnails.of(object, COLOR));
  };
  thumbnails.show(IMAGE);
  list.draw();
  return list;
}

const settled = async () => {
  for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
};
const nextFrame = () => {
  for (const act of frames.splice(0)) act();
  vi.runAllTimers();
};
const count = ({ shown }) => shown.filter(Boolean).length;

test("nothing is drawn before the picture is there and a frame has been painted", async () => {
  const list = listed();
  nextFrame();
  expect(count(list)).toBe(0);

  decoded.resolve();
  await settled();
  list.draw(); // something else has changed meanwhile
  expect(count(list)).toBe(0);
  nextFrame();

  expect(count(list)).toBeGreaterThan(0);
  expect(list.shown[0].drawn.length).toBe(2); // picture and mask
});

test("a few are drawn between two frames, until all are there", async () => {
  const list = listed();
  decoded.resolve();
  await settled();

  nextFrame();
  expect(count(list)).toBe(2); // of 4 ms each, six milliseconds a turn
  nextFrame();
  nextFrame();

  expect(count(list)).toBe(6);
  expect(frames).toEqual([]);
});

test("on however slow a machine each turn gets on", async () => {
  const list = listed();
  decoded.resolve();
  await settled();
  const draw = list.draw;
  list.draw = () => {
    clock += 100; // what the list itself takes
    draw();
  };

  for (let turn = 0; turn < 3; turn += 1) nextFrame();

  expect(count(list)).toBe(6);
});

test("a lost picture leaves the masks alone", async () => {
  const list = listed();
  decoded.reject(new Error("404"));
  await settled();
  nextFrame();

  expect(list.shown[0].drawn.length).toBe(1);
});
