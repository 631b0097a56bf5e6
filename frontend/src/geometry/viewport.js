/**
 * How the image lies on the screen: zoom, pan, fit, and what a turn of the wheel means. A viewport
 * is a value; every function returns a new one.
 */

/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {{readonly width: number, readonly height: number}} Size */
/** @typedef {"wheel" | "pad"} WheelDevice */
/**
 * @typedef {{kind: "zoom", factor: number, device: WheelDevice | null} |
 *   {kind: "pan", dx: number, dy: number, device: WheelDevice | null}} WheelMeaning
 */
/**
 * @typedef {Object} WheelFacts the parts of a WheelEvent that are looked at
 * @property {number} deltaX
 * @property {number} deltaY
 * @property {number} deltaMode 0 pixels, 1 lines, 2 pages
 * @property {boolean} ctrlKey
 * @property {boolean} shiftKey
 * @property {number} [wheelDeltaY] a wheel's notch is 120; not in every browser
 */

export const MIN_SCALE = 0.02;
export const MAX_SCALE = 64; // a pixel as large as a fingertip

const MARGIN = 24; // screen_px beside and below a fitted image
const HEADROOM = 56; // screen_px above it, where the tool's options float
const KEPT_IN_SIGHT = 48; // screen_px of the image that a pan cannot push out
const NOTCH = 120; // wheelDelta of one notch of a mouse wheel
const NOTCH_FACTOR = 1.2;
const PINCH_RATE = 0.01; // per pixel of a pinch's deltaY, as browsers report it
const LEAST_WHEEL_DELTA = 50; // px; browsers' smallest notch is 53, pads creep below
const LINE_PX = 16;

/**
 * @param {Viewport} view
 * @param {Point} point image_px
 * @returns {Point} screen_px
 */
export function toScreen({ scale, x, y }, point) {
  return { x: point.x * scale + x, y: point.y * scale + y };
}

/**
 * What of the image is seen; more than all of it where it is smaller than the stage.
 * @param {Viewport} view
 * @param {number} width of the stage, screen_px
 * @param {number} height
 * @returns {BoxXywh} image_px
 */
export function boxInSight({ scale, x, y }, width, height) {
  return [-x / scale, -y / scale, width / scale, height / scale];
}

/**
 * @param {Viewport} view
 * @param {Point} point screen_px
 * @returns {Point} image_px
 */
export function toImage({ scale, x, y }, point) {
  return { x: (point.x - x) / scale, y: (point.y - y) / scale };
}

/**
 * Zoom so that what lies under a point of the screen stays under it.
 * @param {Viewport} view
 * @param {Point} at screen_px
 * @param {number} factor
 * @returns {Viewport}
 */
export function zoomAt(view, at, factor) {
  const scale = clamp(view.scale * factor, MIN_SCALE, MAX_SCALE);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

/**
 * @param {Viewport} view
 * @param {number} dx screen_px
 * @param {number} dy screen_px
 * @returns {Viewport}
 */
export function panBy(view, dx, dy) {
  return { scale: view.scale, x: view.x + dx, y: view.y + dy };
}

/**
 * The viewport moved so far that some of the image is on the stage.
 * @param {Viewport} view
 * @param {Size} image
 * @param {Size} stage
 * @returns {Viewport}
 */
export function keepInSight(view, image, stage) {
  const x = keptWithin(view.x, image.width * view.scale, stage.width);
  const y = keptWithin(view.y, image.height * view.scale, stage.height);
  return x === view.x && y === view.y ? view : { scale: view.scale, x, y };
}

/**
 * The whole image, with a margin and room above.
 * @param {Size} image
 * @param {Size} stage
 * @returns {Viewport}
 */
export function fitImage(image, stage) {
  return fitBox([0, 0, image.width, image.height], stage);
}

/**
 * A part of the image as large as the stage allows, in the middle of what no panel covers.
 * @param {BoxXywh} box image_px
 * @param {Size} stage
 * @returns {Viewport}
 */
export function fitBox([x, y, width, height], stage, most = MAX_SCALE) {
  const room = { width: stage.width - 2 * MARGIN, height: stage.height - HEADROOM - MARGIN };
  const wanted = Math.min(room.width / Math.max(width, 1), room.height / Math.max(height, 1));
  const scale = clamp(wanted, MIN_SCALE, most);
  return {
    scale,
    x: stage.width / 2 - (x + width / 2) * scale,
    y: HEADROOM + room.height / 2 - (y + height / 2) * scale,
  };
}

/**
 * The same middle of the stage at another scale (1 is 100 %).
 * @param {Viewport} view
 * @param {number} scale
 * @param {Size} stage
 * @returns {Viewport}
 */
export function atScale(view, scale, stage) {
  const middle = { x: stage.width / 2, y: stage.height / 2 };
  return zoomAt(view, middle, scale / view.scale);
}

/**
 * What a wheel event means. A trackpad's scroll pans and a pinch (which browsers send as a wheel
 * with Ctrl) zooms; a mouse wheel zooms. Since a pad's fast swipe looks like a wheel, the device of
 * an event just before is believed.
 * @param {WheelFacts} event
 * @param {"auto" | "zoom" | "pan"} setting
 * @param {WheelDevice | null} recent device of an event a moment ago
 * @returns {WheelMeaning}
 */
export function classifyWheel(event, setting, recent) {
  const unit = event.deltaMode === 0 ? 1 : LINE_PX;
  const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
  if (event.ctrlKey) return { kind: "zoom", factor: pinchFactor(dy), device: recent };
  const device = recent ?? deviceOf(event);
  const zooms = setting === "zoom" || (setting === "auto" && device === "wheel" && !event.shiftKey);
  if (zooms) return { kind: "zoom", factor: NOTCH_FACTOR ** -notches(event), device };
  if (event.shiftKey && dx === 0) return { kind: "pan", dx: -dy, dy: 0, device };
  return { kind: "pan", dx: -dx, dy: -dy, device };
}

/**
 * How many notches a wheel event turned, downwards positive; a pad's are fractions.
 * @param {Pick<WheelFacts, "deltaY" | "deltaMode">} event
 */
export function notches({ deltaY, deltaMode }) {
  const full = deltaMode === 0 ? 100 : 3; // px or lines that browsers report for one notch
  return clamp(deltaY / full, -3, 3);
}

/** @param {WheelFacts} event @returns {WheelDevice} */
function deviceOf(event) {
  if (event.deltaMode !== 0) return "wheel";
  if (event.deltaX !== 0 && !event.shiftKey) return "pad";
  if (event.wheelDeltaY) return event.wheelDeltaY % NOTCH === 0 ? "wheel" : "pad";
  const size = Math.abs(event.deltaY);
  return Number.isInteger(size) && size >= LEAST_WHEEL_DELTA ? "wheel" : "pad";
}

/** @param {number} dy */
function pinchFactor(dy) {
  return Math.exp(-clamp(dy, -50, 50) * PINCH_RATE);
}

/**
 * @param {number} start of the image along one axis, screen_px
 * @param {number} length of the image
 * @param {number} room of the stage
 */
function keptWithin(start, length, room) {
  const kept = Math.min(KEPT_IN_SIGHT, length / 2);
  return clamp(start, kept - length, room - kept);
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
