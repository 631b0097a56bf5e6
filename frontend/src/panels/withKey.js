/** A sentence that names a key. */

import { html } from "../../vendor/lit-html/lit-html.js";

/**
 * @param {string} text with {key} where the key stands
 * @param {string} key
 */
export function withKey(text, key) {
  const [before, after] = text.split("{key}");
  return html`${before}<kbd>${key}</kbd>${after}`;
}
