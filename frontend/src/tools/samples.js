/** From browser events to what tools see. */
import { toImage } from "../geometry/viewport.js";

/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").KeySample} KeySample */
/** @typedef {import("../types.js").Viewport} Viewport */

const RIGHT = 2; // bits of PointerEvent.buttons; a pen's barrel button comes as the right one
const ERASER = 32;

/**
 * @param {PointerEvent} event
 * @param {Element} element whose top left corner is the origin of screen_px
 * @param {Viewport} view
 * @returns {PointerSample}
 */
export function pointerSample(event, element, view) {
  const box = element.getBoundingClientRect();
  const screen = { x: event.clientX - box.left, y: event.clientY - box.top };
  return {
    image: toImage(view, screen),
    screen,
    primary: event.button !== 2 && (event.buttons & RIGHT) === 0,
    eraser: (event.buttons & ERASER) !== 0,
    shift: event.shiftKey,
    alt: event.altKey,
    ctrl: event.ctrlKey || event.metaKey,
    device: deviceOf(event.pointerType),
    pressure: event.pressure,
  };
}

/**
 * All positions since the last event, the oldest first; browsers that do not keep them give one.
 * @param {PointerEvent} event
 * @param {Element} element
 * @param {Viewport} view
 * @returns {PointerSample[]}
 */
export function coalescedSamples(event, element, view) {
  const events = event.getCoalescedEvents?.() ?? [];
  return (events.length ? events : [event]).map((each) => pointerSample(each, element, view));
}

/**
 * @param {import("../types.js").KeyFacts} event
 * @returns {KeySample}
 */
export function keySample(event) {
  return {
    key: event.key.length === 1 ? event.key.toLowerCase() : event.key,
    code: event.code,
    shift: event.shiftKey,
    alt: event.altKey,
    ctrl: event.ctrlKey || event.metaKey,
  };
}

/** @param {string} type @returns {"mouse" | "pen" | "touch"} */
function deviceOf(type) {
  return type === "pen" || type === "touch" ? type : "mouse";
}
