/** The eight handles around the selected object: which one is under the pointer, what it pulls. */

import { toXyxy } from "../geometry/box.js";
import { bbox } from "../geometry/rle.js";
import { toScreen } from "../geometry/viewport.js";

/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {{readonly across: -1 | 0 | 1, readonly down: -1 | 0 | 1}} Handle the sides that it pulls */

const NEAR_PX = { mouse: 8, pen: 12, touch: 22 }; // screen_px around a handle
const LEAST_PX = 24; // screen_px; the handles of a smaller object would leave nothing to drag it by
const SIDES = /** @type {const} */ ([-1, 0, 1]);

/**
 * @param {Rle} rle of the selected object
 * @param {import("../geometry/viewport.js").Viewport} view
 * @param {PointerSample} sample
 * @returns {Handle | null}
 */
export function handleAt(rle, view, { screen, device }) {
  const [x, y, width, height] = bbox(rle);
  if (Math.max(width, height) * view.scale < LEAST_PX) return null;
  const reach = NEAR_PX[device];
  for (const across of SIDES) {
    for (const down of SIDES) {
      if (across === 0 && down === 0) continue;
      const at = toScreen(view, {
        x: x + ((across + 1) / 2) * width,
        y: y + ((down + 1) / 2) * height,
      });
      if (Math.hypot(at.x - screen.x, at.y - screen.y) <= reach) return { across, down };
    }
  }
  return null;
}

/**
 * Where an object's box goes when one of its handles is pulled; never past its other side.
 * @param {Rle} rle
 * @param {Handle} handle
 * @param {Point} by image_px
 * @param {boolean} keepsShape width and height stay in proportion
 * @returns {BoxXyxy} whole pixels inside of the image
 */
export function pulled(rle, { across, down }, by, keepsShape) {
  const [, , width, height] = bbox(rle);
  const box = toXyxy(bbox(rle));
  const wanted = { x: width + across * by.x, y: height + down * by.y };
  if (keepsShape) {
    const factor = Math.max(across ? wanted.x / width : 0, down ? wanted.y / height : 0);
    wanted.x = width * factor;
    wanted.y = height * factor;
  }
  const [x0, x1] = side([box[0], box[2]], across, wanted.x, rle.size[1]);
  const [y0, y1] = side([box[1], box[3]], down, wanted.y, rle.size[0]);
  return [x0, y0, x1, y1];
}

/**
 * @param {readonly [number, number]} ends
 * @param {-1 | 0 | 1} sign which end moves; 0: neither is held, it grows from its first
 * @param {number} length wanted
 * @param {number} limit
 * @returns {readonly [number, number]}
 */
function side([from, to], sign, length, limit) {
  const whole = Math.max(Math.round(length), 1);
  return sign === -1 ? [Math.max(to - whole, 0), to] : [from, Math.min(from + whole, limit)];
}

/** @param {Handle} handle @returns {string} a pointer's name in CSS */
export function cursorOf({ across, down }) {
  if (down === 0) return "ew-resize";
  if (across === 0) return "ns-resize";
  return across === down ? "nwse-resize" : "nesw-resize";
}
