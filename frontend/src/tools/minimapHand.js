/** A press or a drag on the minimap takes the view there. */

import { centredOn } from "../geometry/minimap.js";

/** What the stage under the map must not take for a gesture of a tool. */
const KEPT = ["pointerdown", "pointermove", "pointerup", "pointercancel", "wheel", "dblclick"];

/**
 * @param {HTMLElement} element the map
 * @param {import("../model/store.js").EditorStore} store
 * @returns {() => void} ends it
 */
export function attachMinimap(element, store) {
  const listening = new AbortController();
  const options = { signal: listening.signal };
  const go = (/** @type {PointerEvent} */ event) => {
    const box = element.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    const { document, session } = store.state;
    store.update({ view: centredOn(session.view, at, document.image, session.stage) });
  };
  for (const name of KEPT) {
    element.addEventListener(name, (event) => event.stopPropagation(), options);
  }
  element.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      go(event);
    },
    options,
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      if (element.hasPointerCapture(event.pointerId)) go(event);
    },
    options,
  );
  element.addEventListener("wheel", (event) => event.preventDefault(), {
    ...options,
    passive: false,
  });
  return () => listening.abort();
}
