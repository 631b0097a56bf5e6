/**
 * Say what stands typed in a field of an object, before something else happens to it: a button that
 * leaves the focus where it is, or another image. A field says by itself what it is left with.
 * @param {Element | null} [going] where one goes; in the field itself nothing is over
 */
export function sayTyped(going = null) {
  const field = /** @type {HTMLElement | null | undefined} */ (globalThis.document?.activeElement);
  if (field?.closest(".attribute") && !field.contains(going)) field.blur();
}
