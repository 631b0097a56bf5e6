/**
 * A colour with its kind: stuff carries a diagonal hatch, a suggestion is only outlined and
 * hatched.
 */

import { html, svg } from "../../vendor/lit-html/lit-html.js";

/**
 * @param {string} color
 * @param {{stuff?: boolean, suggested?: boolean, rejected?: boolean}} [kind]
 */
export function swatch(color, { stuff = false, suggested = false, rejected = false } = {}) {
  const hatched = stuff || suggested;
  const lines = svg`<path d="M-2 6 6 -2M-2 16 16 -2M8 16 16 8"
    stroke=${suggested ? color : "#ffffff"} stroke-width=${suggested ? 2 : 1.5}></path>`;
  const cross = svg`<path d="M3 3 11 11M11 3 3 11" stroke=${color} stroke-width="2"></path>`;
  return html`<svg class="swatch" viewBox="0 0 14 14" aria-hidden="true">
    <rect x="0.75" y="0.75" width="12.5" height="12.5" rx="3" stroke=${color} stroke-width="1.5"
      fill=${suggested || rejected ? "none" : color}></rect>
    ${hatched && !rejected ? lines : ""}${rejected ? cross : ""}
  </svg>`;
}
