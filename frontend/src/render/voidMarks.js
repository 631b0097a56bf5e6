/** What no object covers, marked so that single pixels are found: a strong colour with a dashed edge. */
import { edgePath } from "./edges.js";
import { enterImage } from "./surface.js";

const COLOR = "#e5007d"; // in no label palette, and seen on any picture
const FILL_OPACITY = 0.35;
const EDGE_PX = 2;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../types.js").Rle} rle
 * @param {import("../types.js").Viewport} view
 * @param {number} density
 */
export function drawVoid(context, rle, view, density) {
  const path = edgePath(rle, view.scale * density);
  enterImage(context, view, density);
  context.fillStyle = COLOR;
  context.globalAlpha = FILL_OPACITY;
  context.fill(path, "evenodd");
  context.globalAlpha = 1;
  context.strokeStyle = COLOR;
  context.lineWidth = EDGE_PX / view.scale;
  context.setLineDash([4 / view.scale, 3 / view.scale]);
  context.stroke(path);
  context.setLineDash([]);
}
