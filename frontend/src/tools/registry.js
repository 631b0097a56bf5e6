/**
 * The tools by name. A new tool is one file that exports a Tool and one line in this list; the
 * rail, the keys and the stage read it from here.
 */

import { box } from "./box.js";
import { brush, eraser } from "./brush.js";
import { combine } from "./combine.js";
import { fill } from "./fill.js";
import { knife } from "./knife.js";
import { lasso } from "./lasso.js";
import { measure } from "./measure.js";
import { pan } from "./pan.js";
import { polygon } from "./polygon.js";
import { scissors } from "./scissors.js";
import { scribble } from "./scribble.js";
import { select } from "./select.js";
import { smart } from "./smart.js";
import { superpixelTool } from "./superpixels.js";
import { wand } from "./wand.js";

/** @typedef {import("../types.js").Tool} Tool */

/** @type {readonly Tool[]} in the order of the rail */
export const TOOLS = Object.freeze([
  select,
  smart,
  brush,
  eraser,
  polygon,
  lasso,
  scissors,
  box,
  wand,
  fill,
  superpixelTool,
  scribble,
  combine,
  knife,
  measure,
  pan,
]);

/**
 * @param {string} name
 * @returns {Tool | null}
 */
export function toolByName(name) {
  return TOOLS.find((tool) => tool.name === name) ?? null;
}
