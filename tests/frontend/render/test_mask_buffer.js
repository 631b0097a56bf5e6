import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fromPatch } from "../../../frontend/src/geometry/rle.js";
import { MaskBuffer } from "../../../frontend/src/render/maskBuffer.js";

const COLOR = "#ff0000";
const LARGE = { width: 20_000, height: 20_000 };
/** @type {{width: number, height: number, data: Uint8ClampedArray} | null} */
let shown;

beforeEach(() => {
  vi.stubGlobal(
    "ImageData",
    class {
      constructor(width, height) {
        Object.assign(this, { width, height, data: new Uint8ClampedArray(4 * width * height) });
      }
    },
  );
  const context = {
    putImageData: (pixels) => {
      shown = pixels;
    },
  };
  vi.stubGlobal("document", { createElement: () => ({ getContext: () => context }) });
});

afterEach(() => vi.unstubAllGlobals());

/** A filled box. */
function box(x, y, width, height, { width: w, height: h } = LARGE) {
  return fromPatch({ x, y, width, height, bits: new Uint8Array(width * height).fill(1) }, [h, w]);
}

/** Where the buffer puts its picture, [x, y, width, height] in image_px. */
function placeOf(buffer) {
  let place = [];
  buffer.draw({ drawImage: (_, ...numbers) => (place = numbers) });
  return place;
}

function painted() {
  return shown.data.filter((byte, at) => at % 4 === 3 && byte === 255).length;
}

test("an image of ordinary size is held whole, whatever is seen of it", () => {
  const image = { width: 60, height: 40 };
  const buffer = new MaskBuffer(image);

  expect(buffer.aim([10, 10, 5, 5], 8)).toBe(false);
  buffer.repaint([{ rle: box(2, 3, 5, 7, image), color: COLOR }], [[2, 3, 5, 7]]);

  expect(placeOf(buffer)).toEqual([0, 0, 60, 40]);
  expect(painted()).toBe(35);
});

test("of a large one the part that is seen is held, pixel by pixel at full zoom", () => {
  const buffer = new MaskBuffer(LARGE);

  expect(buffer.aim([9000, 9000, 800, 600], 2)).toBe(true);
  buffer.repaintAll([{ rle: box(9100, 9100, 30, 20), color: COLOR }]);

  expect(placeOf(buffer)).toEqual([8800, 8850, 1200, 900]);
  expect(painted()).toBe(600);
  expect(buffer.aim([9050, 9000, 800, 600], 2)).toBe(false);
  expect(buffer.aim([9500, 9000, 800, 600], 2)).toBe(true);
});

test("and as coarsely as it is seen when it is seen whole", () => {
  const buffer = new MaskBuffer(LARGE);

  buffer.aim([-1000, -1000, 22_000, 22_000], 0.05);
  buffer.repaintAll([{ rle: box(1600, 3200, 3200, 1600), color: COLOR }]);

  expect(placeOf(buffer)).toEqual([0, 0, 20_000, 20_000]);
  expect(shown.width * shown.height).toBeLessThan(2_000_000);
  expect(painted()).toBe(200 * 100);
});

test("a change outside of what is seen paints nothing", () => {
  const buffer = new MaskBuffer(LARGE);
  buffer.aim([0, 0, 800, 600], 1);
  shown = null;

  buffer.repaint([{ rle: box(15_000, 15_000, 9, 9), color: COLOR }], [[15_000, 15_000, 9, 9]]);

  expect(shown).toBeNull();
});
