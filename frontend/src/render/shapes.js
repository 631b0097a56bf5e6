/**
 * What tools describe, as marks on the screen: prompts, boxes, lines, the brush. Their colours lie
 * on a picture, not on a page, so they do not follow the theme; their shapes differ as well.
 */
import { toScreen } from "../geometry/viewport.js";
import { edgePath } from "./edges.js";
import { drawRaster } from "./rasters.js";
import { drawSpan } from "./span.js";
import { enterImage } from "./surface.js";

/** @typedef {import("../types.js").OverlayShape} OverlayShape */
/** @typedef {import("../types.js").PointShape} PointShape */
/** @typedef {import("../types.js").BoxShape} BoxShape */
/** @typedef {import("../types.js").BrushShape} BrushShape */
/** @typedef {import("../types.js").LineShape} LineShape */
/** @typedef {import("../types.js").KnotsShape} KnotsShape */
/**
 * @typedef {Object} Pen
 * @property {CanvasRenderingContext2D} context
 * @property {import("../types.js").Viewport} view
 * @property {number} density
 * @property {number} time ms
 * @property {boolean} isStill the person asked for less motion
 */

const POSITIVE = "#15803d";
const NEGATIVE = "#b91c1c";
const DARK = "rgb(0 0 0 / 70%)";
const DISC_PX = 8;
const SIGN_PX = 4;
const VERTEX_PX = 4;
const CROWD_PX = 10; // between two vertices; less, and they would cover what they are for
const DOT_PX = 2;
const DASH = [6, 4];
const ARM_PX = [6, 22]; // of the crosshair, from and to: its middle stays free
const CROSS_PX = [5, 2]; // its width, dark below and bright above
const PULSE_MS = 450;
const ANTS_PX_PER_MS = 0.02;

/** @type {WeakMap<import("../types.js").Point, number>} when a point was first drawn */
const births = new WeakMap();

/**
 * @param {Pen} pen
 * @param {OverlayShape} shape
 * @param {{width: number, height: number}} image
 * @returns {boolean} whether it moves by itself
 */
export function drawShape(pen, shape, image) {
  switch (shape.kind) {
    case "point":
      return drawPoint(pen, shape);
    case "box":
      return drawBox(pen, shape);
    case "preview":
    case "ghost":
      return drawAnts(pen, shape);
    case "brush":
      return drawBrush(pen, shape, image);
    case "line":
      return drawLine(pen, shape);
    case "knots":
      return drawKnots(pen, shape);
    case "span":
      return drawSpan(pen, shape);
    case "raster":
      return drawRaster(pen, shape);
    case "stroke": // the top layer fills it together with its object
      return false;
  }
}

/**
 * @param {Pen} pen
 * @param {PointShape} shape
 */
function drawPoint(pen, { at, positive, newest }) {
  const { context } = pen;
  const { x, y } = toScreen(pen.view, at);
  const color = positive ? POSITIVE : NEGATIVE;
  enterScreen(pen);
  const moves = newest && !pen.isStill && drawPulse(pen, at, color);
  context.beginPath();
  context.arc(x, y, DISC_PX, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.strokeStyle = "white";
  context.lineWidth = 2;
  context.stroke();
  context.beginPath();
  context.moveTo(x - SIGN_PX, y);
  context.lineTo(x + SIGN_PX, y);
  if (positive) {
    context.moveTo(x, y - SIGN_PX);
    context.lineTo(x, y + SIGN_PX);
  }
  context.stroke();
  return moves;
}

/**
 * A ring that grows and fades once after a point appeared.
 * @param {Pen} pen
 * @param {import("../types.js").Point} at
 * @param {string} color
 */
function drawPulse({ context, view, time }, at, color) {
  const birth = births.get(at) ?? time;
  births.set(at, birth);
  const age = (time - birth) / PULSE_MS;
  if (age >= 1) return false;
  const { x, y } = toScreen(view, at);
  context.globalAlpha = 1 - age;
  context.beginPath();
  context.arc(x, y, DISC_PX * (1 + 1.5 * age), 0, 2 * Math.PI);
  context.strokeStyle = color;
  context.lineWidth = 3;
  context.stroke();
  context.globalAlpha = 1;
  return true;
}

/**
 * @param {Pen} pen
 * @param {BoxShape} shape
 */
function drawBox(pen, { box: [x0, y0, x1, y1], dashed }) {
  const from = toScreen(pen.view, { x: x0, y: y0 });
  const to = toScreen(pen.view, { x: x1, y: y1 });
  enterScreen(pen);
  pen.context.beginPath();
  pen.context.rect(from.x, from.y, to.x - from.x, to.y - from.y);
  strokeTwice(pen.context, dashed ? DASH : [], 0);
  return false;
}

/**
 * @param {Pen} pen
 * @param {LineShape} shape
 */
function drawLine(pen, { points, closed, vertices }) {
  const { context } = pen;
  const places = points.map((point) => toScreen(pen.view, point));
  enterScreen(pen);
  context.beginPath();
  for (const { x, y } of places) context.lineTo(x, y);
  if (closed) context.closePath();
  strokeTwice(context, [], 0);
  if (!vertices) return false;
  places.forEach(({ x, y }, index) => {
    context.beginPath();
    context.arc(x, y, index === 0 ? VERTEX_PX + 2 : VERTEX_PX, 0, 2 * Math.PI);
    context.fillStyle = "white";
    context.fill();
    strokeTwice(context, [], 0);
  });
  return false;
}

/**
 * Vertices to take hold of; the one in hand is larger, one that a press would make is hollow, and
 * those that would run into one another are dots.
 * @param {Pen} pen
 * @param {KnotsShape} shape
 */
function drawKnots(pen, { points, active, ghost }) {
  const { context, view } = pen;
  enterScreen(pen);
  context.fillStyle = "white";
  context.strokeStyle = DARK;
  let last = { x: -Infinity, y: -Infinity };
  for (const point of ghost ? [...points, ghost] : points) {
    const { x, y } = toScreen(view, point);
    const isCrowded = Math.hypot(x - last.x, y - last.y) < CROWD_PX;
    if (!isCrowded) last = { x, y };
    const isDot = isCrowded && point !== active && point !== ghost;
    const radius = isDot ? DOT_PX : VERTEX_PX;
    context.lineWidth = isDot ? 1 : 1.5;
    context.beginPath();
    context.arc(x, y, point === active ? VERTEX_PX + 3 : radius, 0, 2 * Math.PI);
    context.globalAlpha = point === ghost ? 0.5 : 1;
    context.fill();
    context.globalAlpha = 1;
    context.stroke();
  }
  return false;
}

/**
 * @param {Pen} pen
 * @param {BrushShape} shape
 * @param {{width: number, height: number}} image
 */
function drawBrush(pen, { at, size, shape, erases }, image) {
  const { context, view } = pen;
  const { x, y } = toScreen(view, at);
  const radius = Math.max((size / 2) * view.scale, 1.5);
  const isOutside = at.x < 0 || at.y < 0 || at.x > image.width || at.y > image.height;
  enterScreen(pen);
  context.globalAlpha = isOutside ? 0.4 : 1;
  context.beginPath();
  if (shape === "disc") context.arc(x, y, radius, 0, 2 * Math.PI);
  else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  strokeTwice(context, erases ? DASH : [], 0);
  context.beginPath();
  context.moveTo(x - SIGN_PX, y);
  context.lineTo(x + SIGN_PX, y);
  if (!erases) {
    context.moveTo(x, y - SIGN_PX);
    context.lineTo(x, y + SIGN_PX);
  }
  strokeTwice(context, [], 0);
  context.globalAlpha = 1;
  return false;
}

/**
 * The moving outline of a mask that is not accepted yet.
 * @param {Pen} pen
 * @param {{rle: import("../types.js").Rle}} shape
 */
function drawAnts(pen, { rle }) {
  const { context, view, density } = pen;
  const path = edgePath(rle, view.scale * density);
  const pixel = 1 / view.scale;
  enterImage(context, view, density);
  context.lineWidth = 1.5 * pixel;
  context.strokeStyle = DARK;
  context.stroke(path);
  context.strokeStyle = "white";
  context.setLineDash(DASH.map((length) => length * pixel));
  context.lineDashOffset = pen.isStill ? 0 : -pen.time * ANTS_PX_PER_MS * pixel;
  context.stroke(path);
  context.setLineDash([]);
  return !pen.isStill;
}

/**
 * The keyboard cursor: a cross around a pixel, and that pixel once it is large enough.
 * @param {Pen} pen
 * @param {import("../types.js").Point} at image_px
 */
export function drawCrosshair(pen, at) {
  const { context, view } = pen;
  const { x, y } = toScreen(view, at);
  const [from = 0, to = 0] = ARM_PX;
  const half = view.scale / 2;
  enterScreen(pen);
  context.beginPath();
  for (const [dx, dy] of /** @type {const} */ ([
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ])) {
    context.moveTo(x + dx * (half + from), y + dy * (half + from));
    context.lineTo(x + dx * (half + to), y + dy * (half + to));
  }
  if (view.scale >= SIGN_PX) context.rect(x - half, y - half, 2 * half, 2 * half);
  context.setLineDash([]);
  const [under = 0, above = 0] = CROSS_PX;
  context.lineWidth = under;
  context.strokeStyle = "black";
  context.stroke();
  context.lineWidth = above;
  context.strokeStyle = "white";
  context.stroke();
}

/**
 * A line that is seen on any ground: dark below, white above.
 * @param {CanvasRenderingContext2D} context
 * @param {readonly number[]} dash
 * @param {number} offset
 */
function strokeTwice(context, dash, offset) {
  context.setLineDash([]);
  context.lineWidth = 3;
  context.strokeStyle = DARK;
  context.stroke();
  context.setLineDash([...dash]);
  context.lineDashOffset = offset;
  context.lineWidth = 1.5;
  context.strokeStyle = "white";
  context.stroke();
  context.setLineDash([]);
}

/** @param {Pen} pen */
function enterScreen({ context, density }) {
  context.setTransform(density, 0, 0, density, 0, 0);
}
