/** A measured line: a tick across either end, and its length beside its middle. */
import { toScreen } from "../geometry/viewport.js";

/** @typedef {import("../types.js").SpanShape} SpanShape */

const DARK = "rgb(0 0 0 / 70%)";
const TICK_PX = 7;
const FONT_PX = 12;
const PAD_PX = 5;
const AWAY_PX = 18; // from the line to the middle of its words
const GROUND = "rgb(0 0 0 / 78%)";

/**
 * @param {import("./shapes.js").Pen} pen
 * @param {SpanShape} shape
 * @returns {false} it does not move by itself
 */
export function drawSpan({ context, view, density }, { from, to, words }) {
  const [a, b] = [toScreen(view, from), toScreen(view, to)];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const across =
    length > 0 ? { x: -(b.y - a.y) / length, y: (b.x - a.x) / length } : { x: 0, y: 1 };
  context.setTransform(density, 0, 0, density, 0, 0);
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(a.x, a.y);
  context.lineTo(b.x, b.y);
  for (const end of [a, b]) {
    context.moveTo(end.x - across.x * TICK_PX, end.y - across.y * TICK_PX);
    context.lineTo(end.x + across.x * TICK_PX, end.y + across.y * TICK_PX);
  }
  for (const [width, color] of /** @type {const} */ ([
    [3.5, DARK],
    [1.5, "white"],
  ])) {
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
  const side = across.y < 0 ? 1 : -1; // above the line, where there is an above
  const middle = {
    x: (a.x + b.x) / 2 + side * across.x * AWAY_PX,
    y: (a.y + b.y) / 2 + side * across.y * AWAY_PX,
  };
  drawWords(context, middle, words);
  return false;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("../types.js").Point} middle screen_px
 * @param {string} words
 */
function drawWords(context, { x, y }, words) {
  context.font = `${FONT_PX}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const width = context.measureText(words).width + 2 * PAD_PX;
  const height = FONT_PX + 2 * PAD_PX;
  context.fillStyle = GROUND;
  context.beginPath();
  context.roundRect(x - width / 2, y - height / 2, width, height, 4);
  context.fill();
  context.fillStyle = "white";
  context.fillText(words, x, y + 0.5);
}
