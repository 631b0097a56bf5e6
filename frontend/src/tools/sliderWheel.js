/** Shift and the wheel turn the slider under the pointer by its own steps; without Shift panels scroll. */

/** @param {HTMLElement} root of the page */
export function attachSliderWheel(root) {
  root.addEventListener("wheel", turn, { passive: false });
}

/** @param {WheelEvent} event */
function turn(event) {
  const slider = event.target;
  const isSlider = slider instanceof HTMLInputElement && slider.type === "range";
  if (!event.shiftKey || !isSlider || slider.disabled) return;
  event.preventDefault();
  const isUp = (event.deltaY || event.deltaX) < 0; // some browsers turn the axis with Shift
  if (isUp) slider.stepUp();
  else slider.stepDown();
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}
