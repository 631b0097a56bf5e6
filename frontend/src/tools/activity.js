/** Signs that a person is at work on the page: pointer, wheel and keys, while it can be seen. */

const SIGNS = ["pointerdown", "pointermove", "wheel", "keydown"];

/**
 * @param {Document} page
 * @param {{touch: () => void, pause: () => void}} meter
 * @returns {() => void} end
 */
export function watchActivity(page, meter) {
  const endings = new AbortController();
  const { signal } = endings;
  const touch = () => meter.touch();
  const look = () => (page.visibilityState === "hidden" ? meter.pause() : meter.touch());
  for (const sign of SIGNS)
    page.addEventListener(sign, touch, { capture: true, passive: true, signal });
  page.addEventListener("visibilitychange", look, { signal });
  look();
  return () => endings.abort();
}
