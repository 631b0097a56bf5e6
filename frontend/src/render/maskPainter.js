/**
 * Draws what masks are on the screen: fills from the buffers, stripes of suggestions, patterns of
 * labels, edges of one pixel at every zoom; those of locked objects are dashed.
 */
import { boxesOverlap } from "../geometry/box.js";
import { bbox } from "../geometry/rle.js";
import { boxInSight } from "../geometry/viewport.js";
import { edgePath } from "./edges.js";
import { HATCH_GAIN, hatch } from "./hatch.js";
import { fillPattern, PATTERN_GAIN } from "./patterns.js";
import { clear, createSurface, enterImage, resize } from "./surface.js";

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {"confirmed" | "suggested"} Kind */
/** @typedef {{rle: import("../types.js").Rle, color: string, kind: Kind, z: number,
 *   locked: boolean, pattern: number | null}} Painted */

/** @type {readonly Kind[]} */
export const KINDS = ["confirmed", "suggested"];
const DASH = [4, 3]; // screen_px

export class MaskPainter {
  #scratch = createSurface(1, 1);
  #buffers;

  /** @param {Record<Kind, import("./maskBuffer.js").MaskBuffer>} buffers */
  constructor(buffers) {
    this.#buffers = buffers;
  }

  /**
   * @param {Surface} surface
   * @param {readonly Painted[]} masks the lowest first
   * @param {import("../types.js").Session} session
   * @param {number} density
   * @param {boolean} isRough quicker, for a picture that is gone in the next frame
   */
  fill(surface, masks, { view, opacity, patterns }, density, isRough) {
    const { context } = surface;
    enterImage(context, view, density);
    context.imageSmoothingEnabled = view.scale < 1 && !isRough;
    context.globalAlpha = opacity;
    this.#buffers.confirmed.draw(context, view.scale * density);
    if (masks.some(({ kind }) => kind === "suggested")) {
      this.#open(surface, view, density);
      this.#hatch(view, density);
      this.#lay(context, Math.min(opacity * HATCH_GAIN, 1));
    }
    if (patterns) {
      this.#open(surface, view, density);
      this.#patternAll(masks, view, density);
      this.#lay(context, Math.min(opacity * PATTERN_GAIN, 1));
    }
    context.globalAlpha = 1;
  }

  /**
   * @param {Surface} surface whose size the scratch takes, cleared
   * @param {Viewport} view
   * @param {number} density
   */
  #open({ canvas }, view, density) {
    resize(this.#scratch, canvas.width, canvas.height);
    clear(this.#scratch);
    enterImage(this.#scratch.context, view, density);
  }

  /**
   * Put the scratch on top.
   * @param {CanvasRenderingContext2D} context
   * @param {number} alpha
   */
  #lay(context, alpha) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = alpha;
    context.drawImage(this.#scratch.canvas, 0, 0);
  }

  /**
   * The suggestions cut into stripes whose width is that of the screen, not of the image.
   * @param {Viewport} view
   * @param {number} density
   */
  #hatch(view, density) {
    this.#scratch.context.imageSmoothingEnabled = view.scale < 1;
    this.#buffers.suggested.draw(this.#scratch.context, view.scale * density);
    hatch(this.#scratch, view, density);
  }

  /**
   * The labels' patterns, of the topmost object at each place.
   * @param {readonly Painted[]} masks
   * @param {Viewport} view
   * @param {number} density
   */
  #patternAll(masks, view, density) {
    const { canvas, context } = this.#scratch;
    const sight = boxInSight(view, canvas.width / density, canvas.height / density);
    for (const kind of KINDS) {
      for (const painted of masks) {
        if (painted.kind !== kind || !boxesOverlap(bbox(painted.rle), sight)) continue;
        // One sees through a suggestion: without a pattern of its own it hides none.
        if (kind === "suggested" && painted.pattern === null) continue;
        const path = edgePath(painted.rle, view.scale * density);
        context.globalCompositeOperation = "destination-out";
        context.fillStyle = "black";
        context.fill(path, "evenodd");
        context.globalCompositeOperation = "source-over";
        if (painted.pattern !== null) fillPattern(context, path, painted.pattern, view, density);
      }
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Iterable<Painted>} masks
   * @param {Viewport} view
   * @param {number} density
   * @param {number} [until] performance.now() after which no further one is begun
   * @returns {number} how many were stroked
   */
  strokeEdges(context, masks, view, density, until = Number.POSITIVE_INFINITY) {
    let count = 0;
    enterImage(context, view, density);
    context.lineWidth = 1 / view.scale;
    const dash = DASH.map((length) => length / view.scale);
    for (const { rle, color, locked } of masks) {
      context.strokeStyle = color;
      context.setLineDash(locked ? dash : []);
      context.stroke(edgePath(rle, view.scale * density));
      count += 1;
      if (performance.now() > until) break;
    }
    context.setLineDash([]);
    return count;
  }
}
