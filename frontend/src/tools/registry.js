/**
 * The tools by name. A new tool is one file that exports a Tool and one line in this list; the
 * rail, the keys and the stage read it from here.
 */

import { box } from "./box.js";
import { brush, eraser } from "./brush.js";
import { pan } from "./pan.js";
import { polygon } from "./polygon.js";
import { select } from "./select.js";
import { smart } from "./smart.js";

/** @typedef {import("../types.js").Tool} Tool */

/** @type {readonly Tool[]} in the order of the rail */
export const TOOLS = Object.freeze([select, smart, brush, eraser, polygon, box, pan]);

/**
 * @param {string} name
 * @returns {Tool | null}
 */
export function toolByName(name) {
  return TOOLS.find((tool) => tool.name === name) ?? null;
}

/**
 * @param {string} letter as KeyboardEvent.key, either case
 * @returns {Tool | null}
 */
export function toolByHotkey(letter) {
  return TOOLS.find((tool) => tool.hotkey === letter.toUpperCase()) ?? null;
}
