/**
 * A colour with its kind: stuff carries a diagonal hatch, a suggestion is only outlined and
 * hatched. With a pattern it carries that one instead.
 */

import { html, svg } from "../../vendor/lit-html/lit-html.js";
import { isMarked } from "../model/patterns.js";

/**
 * @param {string} color
 * @param {{stuff?: boolean, suggested?: boolean, rejected?: boolean, pattern?: number | null}} [kind]
 */
export function swatch(color, kind = {}) {
  const { stuff = false, suggested = false, rejected = false, pattern = null } = kind;
  if (pattern !== null && !rejected) return patterned(color, pattern, suggested);
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

const SIDE = 18; // of a swatch with a pattern, which needs the room: see .patterned
/** @type {Map<number, string>} */
const paths = new Map();

/**
 * @param {string} color
 * @param {number} pattern
 * @param {boolean} isOpen a suggestion: not filled
 */
function patterned(color, pattern, isOpen) {
  return html`<svg class="swatch patterned" viewBox="0 0 18 18" aria-hidden="true">
    <rect width="18" height="18" rx="3" fill=${color} fill-opacity=${isOpen ? 0.25 : 1}></rect>
    <path d=${pathOf(pattern)} fill="#ffffff" fill-opacity="0.6" transform="translate(1 1)"></path>
    <path d=${pathOf(pattern)} fill="#000000"></path>
    <rect x="0.75" y="0.75" width="16.5" height="16.5" rx="3" fill="none" stroke=${color}
      stroke-width="1.5"></rect>
  </svg>`;
}

/** @param {number} pattern */
function pathOf(pattern) {
  let path = paths.get(pattern);
  if (path === undefined) {
    path = "";
    for (let y = 1; y < SIDE - 1; y += 1) {
      for (let x = 1; x < SIDE - 1; x += 1) {
        if (isMarked(pattern, x, y)) path += `M${x} ${y}h1v1h-1z`;
      }
    }
    paths.set(pattern, path);
  }
  return path;
}
