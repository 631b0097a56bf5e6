/**
 * The layer of all masks that are not being worked on: confirmed ones filled, suggestions hatched,
 * each with an edge of one pixel at every zoom; locked ones have a dashed edge. Hidden and rejected
 * objects are not painted, nor is the primary selection, which the top layer draws.
 */
import { boxesOverlap } from "../geometry/box.js";
import { bbox } from "../geometry/rle.js";
import { objectColor } from "../model/colors.js";
import { paintOrder } from "../model/document.js";
import { edgePath } from "./edges.js";
import { HATCH_GAIN, hatch } from "./hatch.js";
import { MaskBuffer } from "./maskBuffer.js";
import { clear, createSurface, enterImage, resize } from "./surface.js";

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {"confirmed" | "suggested"} Kind */
/** @typedef {{rle: import("../types.js").Rle, color: string, kind: Kind, z: number, locked: boolean}} Painted */

/** @type {readonly Kind[]} */
const KINDS = ["confirmed", "suggested"];
const DASH = [4, 3]; // screen_px
const RIM_PX = 2; // screen_px by which an edge can reach out of its mask's box
const MAX_CLIPS = 24; // beyond, drawing everything is quicker

export class MasksLayer {
  #surface;
  #scratch = createSurface(1, 1);
  /** @type {Record<Kind, MaskBuffer>} */
  #buffers;
  /** @type {ReadonlyMap<string, Painted>} */
  #painted = new Map();
  /** @type {readonly unknown[]} what the buffers were painted from */
  #sources = [];
  /** @type {readonly unknown[]} how the surface was drawn */
  #drawn = [];

  /**
   * @param {Surface} surface
   * @param {{width: number, height: number}} image
   */
  constructor(surface, image) {
    this.#surface = surface;
    this.#buffers = { confirmed: new MaskBuffer(image), suggested: new MaskBuffer(image) };
  }

  /**
   * Draw what differs from the last time: boxes of changed objects, or everything after a change of
   * the view.
   * @param {EditorState} state
   * @param {number} density device pixels in a CSS pixel
   */
  draw(state, density) {
    const { session } = state;
    const { canvas } = this.#surface;
    const { view, masksVisible, outlineOnly, opacity } = session;
    const changed = this.#refresh(state);
    const drawn = [view, masksVisible, outlineOnly, opacity, density, canvas.width, canvas.height];
    const isWhole =
      changed.length > MAX_CLIPS || drawn.some((each, at) => each !== this.#drawn[at]);
    this.#drawn = drawn;
    const sight = boxInSight(view, canvas.width / density, canvas.height / density);
    const clips = (isWhole ? [sight] : changed).filter((box) => boxesOverlap(box, sight));
    if (clips.length === 0) return;
    this.#surface.context.save();
    if (!isWhole) this.#clip(clips, view, density);
    clear(this.#surface);
    if (masksVisible && !outlineOnly) this.#fill(session, density);
    if (masksVisible) this.#strokeEdges(clips, view, density);
    this.#surface.context.restore();
  }

  /** Forget what is on the surface, as when it was resized. */
  invalidate() {
    this.#drawn = [];
  }

  /**
   * @param {readonly BoxXywh[]} boxes image_px; with their rims
   * @param {import("../types.js").Viewport} view
   * @param {number} density
   */
  #clip(boxes, { scale, x, y }, density) {
    const { context } = this.#surface;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.beginPath();
    for (const box of boxes) {
      const left = Math.floor(box[0] * scale + x) - RIM_PX;
      const top = Math.floor(box[1] * scale + y) - RIM_PX;
      const right = Math.ceil((box[0] + box[2]) * scale + x) + RIM_PX;
      const bottom = Math.ceil((box[1] + box[3]) * scale + y) + RIM_PX;
      context.rect(left, top, right - left, bottom - top);
    }
    context.clip();
  }

  /**
   * Bring the buffers up to date.
   * @param {EditorState} state
   * @returns {readonly BoxXywh[]} image_px, where something differs
   */
  #refresh({ document, session }) {
    const primary = session.selection.at(-1) ?? null;
    const { hidden, locked } = session;
    const sources = [document.objects, document.labels, hidden, locked, primary];
    if (sources.every((source, index) => source === this.#sources[index])) return [];
    this.#sources = sources;
    /** @type {Map<string, Painted>} */
    const wanted = new Map();
    for (const object of paintOrder(document)) {
      const { id, rle, z, state } = object;
      if (state === "rejected" || id === primary || hidden.has(id)) continue;
      const color = objectColor(document, object);
      wanted.set(id, { rle, color, kind: state, z, locked: locked.has(id) });
    }
    const changed = differing(this.#painted, wanted);
    this.#painted = wanted;
    for (const kind of KINDS) {
      const order = [...wanted.values()].filter((painted) => painted.kind === kind);
      const boxes = changed.filter((painted) => painted.kind === kind).map(({ rle }) => bbox(rle));
      this.#buffers[kind].repaint(order, boxes);
    }
    return changed.map(({ rle }) => bbox(rle));
  }

  /**
   * @param {import("../types.js").Session} session
   * @param {number} density
   */
  #fill({ view, opacity }, density) {
    const { context } = this.#surface;
    enterImage(context, view, density);
    context.imageSmoothingEnabled = view.scale < 1;
    context.globalAlpha = opacity;
    this.#buffers.confirmed.draw(context);
    if (this.#has("suggested")) {
      const hatched = this.#hatched(view, density);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.globalAlpha = Math.min(opacity * HATCH_GAIN, 1);
      context.drawImage(hatched, 0, 0);
    }
    context.globalAlpha = 1;
  }

  /** @param {Kind} kind */
  #has(kind) {
    for (const painted of this.#painted.values()) if (painted.kind === kind) return true;
    return false;
  }

  /**
   * The suggestions cut into stripes whose width is that of the screen, not of the image.
   * @param {import("../types.js").Viewport} view
   * @param {number} density
   */
  #hatched(view, density) {
    const { canvas, context } = this.#scratch;
    resize(this.#scratch, this.#surface.canvas.width, this.#surface.canvas.height);
    clear(this.#scratch);
    enterImage(context, view, density);
    context.imageSmoothingEnabled = view.scale < 1;
    this.#buffers.suggested.draw(context);
    hatch(this.#scratch, view, density);
    return canvas;
  }

  /**
   * @param {readonly BoxXywh[]} clips image_px, outside of which nothing is drawn
   * @param {import("../types.js").Viewport} view
   * @param {number} density
   */
  #strokeEdges(clips, view, density) {
    const { context } = this.#surface;
    enterImage(context, view, density);
    context.lineWidth = 1 / view.scale;
    const dash = DASH.map((length) => length / view.scale);
    for (const { rle, color, locked } of this.#painted.values()) {
      if (!clips.some((clip) => boxesOverlap(bbox(rle), clip))) continue;
      context.strokeStyle = color;
      context.setLineDash(locked ? dash : []);
      context.stroke(edgePath(rle, view.scale * density));
    }
    context.setLineDash([]);
  }
}

/**
 * @param {import("../types.js").Viewport} view
 * @param {number} width screen_px
 * @param {number} height
 * @returns {BoxXywh} image_px
 */
export function boxInSight({ scale, x, y }, width, height) {
  return [-x / scale, -y / scale, width / scale, height / scale];
}

/**
 * What was painted and is not any more, and what is to be painted anew.
 * @param {ReadonlyMap<string, Painted>} before
 * @param {ReadonlyMap<string, Painted>} after
 * @returns {Painted[]}
 */
function differing(before, after) {
  /** @type {Painted[]} */
  const changed = [];
  for (const [id, painted] of after) {
    const old = before.get(id);
    if (old && looksSame(old, painted)) continue;
    changed.push(...(old ? [old, painted] : [painted]));
  }
  for (const [id, painted] of before) if (!after.has(id)) changed.push(painted);
  return changed;
}

/**
 * @param {Painted} a
 * @param {Painted} b
 */
function looksSame(a, b) {
  const isSamePlace = a.rle === b.rle && a.z === b.z;
  return isSamePlace && a.color === b.color && a.kind === b.kind && a.locked === b.locked;
}
