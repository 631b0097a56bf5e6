/**
 * Whether a press means a point that is there already. Corners may lie close together where the
 * outline winds, so that only a press on the spot is taken for a second click.
 */

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Viewport} Viewport */

const AGAIN_PX = { mouse: 3, pen: 5, touch: 14 }; // screen_px between the clicks of a double click
const FIRST_PX = { mouse: 7, pen: 9, touch: 18 }; // screen_px around the first corner, as it is drawn

/** @typedef {Pick<PointerSample, "image" | "device">} Press */

/**
 * @param {Viewport} view
 * @param {Point | undefined} clicked image_px where the last click was
 * @param {Press} press
 */
export function isAgain(view, clicked, press) {
  return clicked !== undefined && distance_px(view, clicked, press) <= AGAIN_PX[press.device];
}

/**
 * @param {Viewport} view
 * @param {Point | undefined} first image_px
 * @param {Press} press
 */
export function closesAt(view, first, press) {
  return first !== undefined && distance_px(view, first, press) <= FIRST_PX[press.device];
}

/**
 * @param {Viewport} view
 * @param {Point} point image_px
 * @param {Press} press
 * @returns {number} on the screen
 */
function distance_px({ scale }, point, { image }) {
  return Math.hypot(point.x - image.x, point.y - image.y) * scale;
}
