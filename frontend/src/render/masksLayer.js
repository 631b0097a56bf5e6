/**
 * The layer of all masks that are not being worked on: confirmed ones filled, suggestions hatched,
 * each with an edge of one pixel at every zoom; locked ones have a dashed edge. Hidden and rejected
 * objects are not painted, nor is the primary selection, which the top layer draws.
 */
import { boxAround, boxesOverlap } from "../geometry/box.js";
import { bbox } from "../geometry/rle.js";
import { objectColor } from "../model/colors.js";
import { paintOrder } from "../model/document.js";
import { edgePath } from "./edges.js";
import { hatchPattern } from "./hatch.js";
import { MaskBuffer } from "./maskBuffer.js";
import { clear, createSurface, enterImage, resize } from "./surface.js";

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {"confirmed" | "suggested"} Kind */
/** @typedef {{rle: import("../types.js").Rle, color: string, kind: Kind, z: number, locked: boolean}} Painted */

const SUGGESTION_GAIN = 1.5; // hatching covers half of the pixels, so each is more opaque
const DASH = [4, 3]; // screen_px

/** @type {BoxXywh} */
const NOTHING = [0, 0, 0, 0];

export class MasksLayer {
  #surface;
  #scratch = createSurface(1, 1);
  /** @type {Record<Kind, MaskBuffer>} */
  #buffers;
  /** @type {ReadonlyMap<string, Painted>} */
  #painted = new Map();
  /** @type {readonly unknown[]} what the buffers were painted from */
  #sources = [];

  /**
   * @param {Surface} surface
   * @param {{width: number, height: number}} image
   */
  constructor(surface, image) {
    this.#surface = surface;
    this.#buffers = { confirmed: new MaskBuffer(image), suggested: new MaskBuffer(image) };
  }

  /**
   * @param {EditorState} state
   * @param {number} density device pixels in a CSS pixel
   */
  draw(state, density) {
    clear(this.#surface);
    this.#refresh(state);
    const { session } = state;
    if (!session.masksVisible) return;
    if (!session.outlineOnly) this.#fill(session, density);
    this.#strokeEdges(session, density);
  }

  /** @param {EditorState} state brings the buffers up to date, box by box */
  #refresh({ document, session }) {
    const primary = session.selection.at(-1) ?? null;
    const { hidden, locked } = session;
    const sources = [document.objects, document.labels, hidden, locked, primary];
    if (sources.every((source, index) => source === this.#sources[index])) return;
    this.#sources = sources;
    /** @type {Map<string, Painted>} */
    const wanted = new Map();
    for (const object of paintOrder(document)) {
      const { id, rle, z, state } = object;
      if (state === "rejected" || id === primary || hidden.has(id)) continue;
      const color = objectColor(document, object);
      wanted.set(id, { rle, color, kind: state, z, locked: locked.has(id) });
    }
    const dirty = dirtyBoxes(this.#painted, wanted);
    this.#painted = wanted;
    for (const kind of /** @type {const} */ (["confirmed", "suggested"])) {
      const order = [...wanted.values()].filter((painted) => painted.kind === kind);
      this.#buffers[kind].repaint(order, dirty[kind]);
    }
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
      context.globalAlpha = Math.min(opacity * SUGGESTION_GAIN, 1);
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
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalCompositeOperation = "destination-in";
    context.fillStyle = hatchPattern(context, view, density);
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.globalCompositeOperation = "source-over";
    return canvas;
  }

  /**
   * @param {import("../types.js").Session} session
   * @param {number} density
   */
  #strokeEdges({ view }, density) {
    const { canvas, context } = this.#surface;
    enterImage(context, view, density);
    context.lineWidth = 1 / (view.scale * density);
    const sight = boxInSight(view, canvas.width / density, canvas.height / density);
    const dash = DASH.map((length) => length / view.scale);
    for (const { rle, color, locked } of this.#painted.values()) {
      if (!boxesOverlap(bbox(rle), sight)) continue;
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
 * The box of each kind in which something differs.
 * @param {ReadonlyMap<string, Painted>} before
 * @param {ReadonlyMap<string, Painted>} after
 * @returns {Record<Kind, BoxXywh>}
 */
function dirtyBoxes(before, after) {
  /** @type {Record<Kind, BoxXywh>} */
  const boxes = { confirmed: NOTHING, suggested: NOTHING };
  const note = (/** @type {Painted} */ { kind, rle }) => {
    boxes[kind] = boxAround(boxes[kind], bbox(rle));
  };
  for (const [id, painted] of after) {
    const old = before.get(id);
    if (old && looksSame(old, painted)) continue;
    if (old) note(old);
    note(painted);
  }
  for (const [id, painted] of before) if (!after.has(id)) note(painted);
  return boxes;
}

/**
 * @param {Painted} a
 * @param {Painted} b
 */
function looksSame(a, b) {
  return a.rle === b.rle && a.color === b.color && a.kind === b.kind && a.z === b.z;
}
