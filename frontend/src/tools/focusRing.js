/**
 * A ring round the canvas or the list of objects only for those who walked there with Tab. Browsers
 * would show one as soon as any key is pressed, and the tools live by keys.
 */

/**
 * @param {HTMLElement} host gets data-ring while the ring is due
 * @param {EventTarget} page where all keys and presses pass
 * @returns {() => void} end
 */
export function ringOnTab(host, page) {
  let isWalking = false;
  const endings = new AbortController();
  const early = { capture: true, signal: endings.signal };
  const onKey = (/** @type {Event} */ event) => {
    isWalking = /** @type {KeyboardEvent} */ (event).key === "Tab";
  };
  const clear = () => {
    delete host.dataset.ring;
  };
  const onPress = () => {
    isWalking = false;
    clear();
  };
  const onFocus = () => {
    if (isWalking) host.dataset.ring = "true";
  };
  page.addEventListener("keydown", onKey, early);
  page.addEventListener("pointerdown", onPress, early);
  host.addEventListener("focus", onFocus, { signal: endings.signal });
  host.addEventListener("blur", clear, { signal: endings.signal });
  return () => endings.abort();
}
