/**
 * Y: a line between two points says how long it is, its angle and how far it goes across and down,
 * in image pixels. It stays until Esc or another tool; nothing of it is stored.
 */

import { number, t } from "../texts.js";

/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {{readonly from: Point, readonly to: Point}} Span in image_px */
/** @typedef {"from" | "to"} End */

const CLICK_PX = 5; // screen_px; less is the first of two clicks
const GRIP_PX = 10; // screen_px around an end that take hold of it
const SNAP = Math.PI / 4;
const TENTHS = { maximumFractionDigits: 1, useGrouping: false };

/** @type {Tool} */
export const measure = {
  name: "measure",
  title: t("Measure"),
  hotkey: "Y",
  draws: false,
  cursor: "crosshair",
  gestures: [
    { keys: ["Drag", "2 clicks"], words: t("From point to point; an end can be dragged again") },
    { keys: ["Shift"], words: t("Held: level, upright or at 45 degrees") },
  ],
  take({ store, describe }) {
    /** @type {Span | null} */
    let span = null;
    /** @type {End | null} the end that follows the pointer */
    let held = null;
    /** @type {PointerSample | null} where a press began that may be the first of two clicks */
    let pressed = null;

    function show() {
      if (!span) describe([], t("Drag from point to point"));
      else describe([{ kind: "span", ...span, words: lengthWords(span) }], spanWords(span));
    }

    function clear() {
      span = held = pressed = null;
      show();
    }

    /** @param {PointerSample} sample */
    function follow(sample) {
      if (!span || !held) return;
      const other = span[held === "to" ? "from" : "to"];
      const at = inside(sample.image, store.state.document.image);
      span = { ...span, [held]: sample.shift ? snapped(other, at) : at };
      show();
    }

    show();
    return {
      hover: follow,
      down(sample) {
        if (!sample.primary) return;
        pressed = null;
        if (!held) {
          held = span ? endNear(span, sample.image, store.state.session.view.scale) : null;
          if (!held) {
            const at = inside(sample.image, store.state.document.image);
            span = { from: at, to: at };
            held = "to";
            pressed = sample;
          }
        }
        follow(sample);
      },
      drag(samples) {
        const last = samples.at(-1);
        if (last) follow(last);
      },
      up(sample) {
        if (!held || (pressed && isClick(pressed, sample))) return; // the line follows to a second click
        follow(sample);
        held = pressed = null;
      },
      abort: clear,
      cancel() {
        const was = span !== null;
        clear();
        return was;
      },
      disable: () => describe([]),
    };
  },
};

/** @param {Span} span */
function lengthWords({ from, to }) {
  return `${number(Math.hypot(to.x - from.x, to.y - from.y), TENTHS)} px`;
}

/**
 * Angles as in geometry: counted against the clock from the right, -180 to 180 degrees.
 * @param {Span} span
 */
function spanWords(span) {
  const [dx, dy] = [span.to.x - span.from.x, span.to.y - span.from.y];
  const degrees = (Math.atan2(-dy, dx) * 180) / Math.PI || 0;
  return t("{length}, {angle}°, {dx} across, {dy} down", {
    length: lengthWords(span),
    angle: number(degrees, TENTHS),
    dx: number(dx, TENTHS),
    dy: number(dy, TENTHS),
  });
}

/**
 * The nearest point that lies level, upright or diagonally from another.
 * @param {Point} from
 * @param {Point} to
 * @returns {Point}
 */
function snapped(from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const angle = Math.round(Math.atan2(dy, dx) / SNAP) * SNAP;
  const [across, down] = [Math.cos(angle), Math.sin(angle)];
  const length = dx * across + dy * down;
  return { x: from.x + length * across, y: from.y + length * down };
}

/**
 * @param {Point} point
 * @param {{readonly width: number, readonly height: number}} image
 * @returns {Point}
 */
function inside({ x, y }, { width, height }) {
  return { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
}

/**
 * @param {Span} span
 * @param {Point} at
 * @param {number} scale screen_px of an image pixel
 * @returns {End | null} the end that a press takes hold of
 */
function endNear({ from, to }, at, scale) {
  const far = (/** @type {Point} */ end) => Math.hypot(at.x - end.x, at.y - end.y) * scale;
  if (Math.min(far(from), far(to)) > GRIP_PX) return null;
  return far(to) <= far(from) ? "to" : "from";
}

/**
 * @param {PointerSample} a
 * @param {PointerSample} b
 */
function isClick(a, b) {
  return Math.hypot(a.screen.x - b.screen.x, a.screen.y - b.screen.y) < CLICK_PX;
}
