/** Icons come from one sprite, which the management pages use too. */

import { html } from "../../vendor/lit-html/lit-html.js";

const SPRITE = new URL("../../styles/icons.svg", import.meta.url).pathname;

/**
 * @param {string} name symbol in the sprite
 * @param {string} [kind] further classes: "small", "spin"
 */
export function icon(name, kind = "") {
  return html`<svg class="icon ${kind}" aria-hidden="true"><use
    href="${SPRITE}#${name}"></use></svg>`;
}
