/** The wheel: zoom at the cursor or pan, by device and setting; Alt turns the tool's own size. */
import { classifyWheel, keepInSight, notches, panBy, zoomAt } from "../geometry/viewport.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").ToolHand} ToolHand */

const SAME_GESTURE_MS = 400; // events of one swipe or one turn follow each other faster

/**
 * @param {HTMLElement} element
 * @param {EditorStore} store
 * @param {() => ToolHand} hand
 * @returns {() => void} stop listening
 */
export function attachWheel(element, store, hand) {
  /** @type {import("../geometry/viewport.js").WheelDevice | null} */
  let device = null;
  let lastTime = Number.NEGATIVE_INFINITY;

  /** @param {WheelEvent} event */
  function onWheel(event) {
    event.preventDefault();
    if (event.altKey && hand().altWheel?.(-notches(event))) return;
    const { document, session } = store.state;
    const recent = event.timeStamp - lastTime < SAME_GESTURE_MS ? device : null;
    const meaning = classifyWheel(event, session.wheel, recent);
    lastTime = event.timeStamp;
    device = meaning.device;
    const box = element.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const view =
      meaning.kind === "zoom"
        ? zoomAt(session.view, at, meaning.factor)
        : panBy(session.view, meaning.dx, meaning.dy);
    store.update({ view: keepInSight(view, document.image, session.stage) });
  }

  element.addEventListener("wheel", onWheel, { passive: false });
  return () => element.removeEventListener("wheel", onWheel);
}
