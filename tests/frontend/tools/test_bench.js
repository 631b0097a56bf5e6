import { describe, expect, test } from "vitest";
import { area } from "../../../frontend/src/geometry/rle.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { Bench } from "../../../frontend/src/tools/pixels/bench.js";
import { columns, IMAGE, painted, startHere } from "./hand.js";

function bench({ read = painted([], {}), image = IMAGE, ...parts } = {}) {
  const store = createStore({ image });
  store.update({ stage: { width: image.width, height: image.height } });
  const frames = [];
  const counted = async (frame) => {
    frames.push(frame);
    return read(frame);
  };
  return { store, frames, pixels: new Bench({ store, read: counted, start: startHere, ...parts }) };
}

describe("the bench", () => {
  test("reads the picture once as long as what is seen lies in the frame", async () => {
    const { pixels, frames } = bench();

    await Promise.all([pixels.frame(5000), pixels.frame(5000)]);
    await pixels.frame(5000);

    expect(frames).toEqual([{ x: 0, y: 0, width: 40, height: 30, step: 1 }]);
  });

  test("reads it anew for fewer cells, and closer up", async () => {
    const { pixels, frames, store } = bench();

    await pixels.frame(5000);
    await pixels.frame(400);
    store.update({ view: { scale: 4, x: 0, y: 0 } });
    await pixels.frame(400);

    expect(frames.map(({ step }) => step)).toEqual([1, 2, 1]);
  });

  test("answers with frozen values", async () => {
    const rle = await bench().pixels.ask("tidy", { how: "grow", rle: columns(5, 6), amount: 1 });

    expect(area(rle)).toBe(4 * 30);
    expect(Object.isFrozen(rle)).toBe(true);
  });

  test("says what went wrong, and goes on", async () => {
    const { pixels } = bench();
    const parts = { seed: 0, tolerance: 0, spreads: true, closed: null };

    await expect(pixels.ask("alike", parts)).rejects.toThrow("no picture was put");
    await pixels.frame(5000);

    expect(area(await pixels.ask("alike", parts))).toBe(1200);
  });

  test("a picture that could not be read is read again", async () => {
    let tries = 0;
    const { pixels } = bench({
      read: (frame) => {
        tries += 1;
        if (tries === 1) throw new Error("the picture is gone");
        return painted([], {})(frame);
      },
    });

    await expect(pixels.frame(5000)).rejects.toThrow("the picture is gone");

    expect(await pixels.frame(5000)).toMatchObject({ width: 40 });
  });

  test("what is open when the image is left fails, and does not wait for ever", async () => {
    const { pixels } = bench({ start: () => ({ postMessage() {}, onmessage: null }) });
    const asked = pixels.ask("tidy", { how: "grow", rle: columns(5, 6), amount: 1 });

    pixels.close();

    await expect(asked).rejects.toThrow("The image was left.");
  });

  test("a worker that does not start is told, and the next question tries again", async () => {
    const ports = [];
    const { pixels } = bench({
      start: () => {
        const port = ports.length === 0 ? { postMessage() {}, onmessage: null } : startHere();
        ports.push(port);
        return port;
      },
    });
    const asked = pixels.ask("tidy", { how: "grow", rle: columns(5, 6), amount: 1 });
    ports[0].onerror();

    await expect(asked).rejects.toThrow("could not start the worker");

    const rle = await pixels.ask("tidy", { how: "shrink", rle: columns(5, 9), amount: 1 });
    expect(area(rle)).toBe(3 * 30);
  });
});
