/** A field that has just appeared takes the focus; one that was there keeps it to itself. */

/** @param {HTMLElement} host of a panel; the field in it carries data-fresh */
export function focusFresh(host) {
  const field = /** @type {HTMLInputElement | null} */ (host.querySelector("input[data-fresh]"));
  if (!field || field.dataset.met) return;
  field.dataset.met = "true";
  field.focus();
  if (field.type !== "range") field.select();
}
