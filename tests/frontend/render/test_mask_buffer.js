import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromPatch } from "../../../frontend/src/geometry/rle.js";
import { MaskBuffer } from "../../../frontend/src/render/maskBuffer.js";
import { PixelCanvas, Pixels } from "./pixelCanvas.js";

const COLOR = "#ff0000";
const LARGE = { width: 20_000, height: 20_000 };

beforeEach(() => {
  vi.stubGlobal("ImageData", Pixels);
  vi.stubGlobal("document", { createElement: () => new PixelCanvas() });
});

afterEach(() => vi.unstubAllGlobals());

/** A filled box. */
function box(x, y, width, height, { width: w, height: h } = LARGE) {
  return fromPatch({ x, y, width, height, bits: new Uint8Array(width * height).fill(1) }, [h, w]);
}

/**
 * What the buffer draws, and where, [x, y, width, height] in image_px.
 * @returns {{image?: PixelCanvas, place?: number[]}}
 */
function drawn(buffer, scale = 1) {
  const seen = {};
  buffer.draw({ drawImage: (image, ...place) => Object.assign(seen, { image, place }) }, scale);
  return seen;
}

/** Pixels with a mask on them. */
function painted({ image }) {
  return image.data.filter((byte, at) => at % 4 === 3 && byte === 255).length;
}

test("an image of ordinary size is held whole, whatever is seen of it", () => {
  const image = { width: 60, height: 40 };
  const buffer = new MaskBuffer(image);

  expect(buffer.aim([10, 10, 5, 5], 8)).toBe(false);
  buffer.repaint([{ rle: box(2, 3, 5, 7, image), color: COLOR }], [[2, 3, 5, 7]]);

  expect(drawn(buffer).place).toEqual([0, 0, 60, 40]);
  expect(painted(drawn(buffer))).toBe(35);
});

test("of a large one the part that is seen is held, pixel by pixel at full zoom", () => {
  const buffer = new MaskBuffer(LARGE);

  expect(buffer.aim([9000, 9000, 800, 600], 2)).toBe(true);
  buffer.repaintAll([{ rle: box(9100, 9100, 30, 20), color: COLOR }]);

  expect(drawn(buffer, 2).place).toEqual([8800, 8850, 1200, 900]);
  expect(painted(drawn(buffer, 2))).toBe(600);
  expect(buffer.aim([9050, 9000, 800, 600], 2)).toBe(false);
  expect(buffer.aim([9500, 9000, 800, 600], 2)).toBe(true);
});

test("and as coarsely as it is seen when it is seen whole", () => {
  const buffer = new MaskBuffer(LARGE);

  buffer.aim([-1000, -1000, 22_000, 22_000], 0.05);
  buffer.repaintAll([{ rle: box(1600, 3200, 3200, 1600), color: COLOR }]);

  const seen = drawn(buffer, 0.05);
  expect(seen.place).toEqual([0, 0, 20_000, 20_000]);
  expect(seen.image.width * seen.image.height).toBeLessThan(2_000_000);
  expect(painted(seen)).toBe(200 * 100);
});

test("a change outside of what is seen paints nothing", () => {
  const buffer = new MaskBuffer(LARGE);
  buffer.aim([0, 0, 800, 600], 1);

  buffer.repaint([{ rle: box(15_000, 15_000, 9, 9), color: COLOR }], [[15_000, 15_000, 9, 9]]);

  expect(drawn(buffer)).toEqual({});
});

test("seen from afar it follows each change: a stroke, one over it, and their end", () => {
  const image = { width: 64, height: 64 };
  const buffer = new MaskBuffer(image);
  const stroke = { rle: box(8, 8, 16, 16, image), color: COLOR };
  const over = { rle: box(12, 8, 4, 40, image), color: "#00ff00" };
  const below = { rle: box(0, 40, 64, 8, image), color: "#0000ff" };
  const colorAt = (x, y) => {
    const { image: seen } = drawn(buffer, 0.3);
    expect(seen.width).toBe(32);
    return [...seen.data.slice(4 * (y * 32 + x), 4 * (y * 32 + x) + 4)];
  };

  buffer.repaint([below], [[0, 40, 64, 8]]);
  expect(colorAt(6, 6)).toEqual([0, 0, 0, 0]);
  buffer.repaint([below, stroke], [[8, 8, 16, 16]]);
  expect(colorAt(6, 6)).toEqual([255, 0, 0, 255]);
  buffer.repaint([below, stroke, over], [[12, 8, 4, 40]]);
  expect(colorAt(6, 6)).toEqual([0, 255, 0, 255]);
  expect(colorAt(6, 22)).toEqual([0, 255, 0, 255]);
  buffer.repaint([below], [[8, 8, 16, 40]]);
  expect(colorAt(6, 6)).toEqual([0, 0, 0, 0]);
  expect(colorAt(6, 22)).toEqual([0, 0, 255, 255]);
});

test("a kind of masks that an image has none of takes no memory", () => {
  const buffer = new MaskBuffer({ width: 60, height: 40 });
  const create = vi.spyOn(document, "createElement");

  buffer.repaintAll([]);
  buffer.draw({}, 0.2);

  expect(create).not.toHaveBeenCalled();
});
