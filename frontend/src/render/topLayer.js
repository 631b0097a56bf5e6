/**
 * What is being worked on: the selected objects with a bright edge and handles, the one under the
 * pointer, a stroke under way, and whatever the tool in hand describes.
 */
import { bbox, toPatch } from "../geometry/rle.js";
import { toScreen } from "../geometry/viewport.js";
import { objectColor } from "../model/colors.js";
import { edgePath } from "./edges.js";
import { HATCH_GAIN, hatch } from "./hatch.js";
import { drawShape } from "./shapes.js";
import { StrokeTint } from "./strokeTint.js";
import { brighten, clear, createSurface, enterImage, resize, tint } from "./surface.js";

/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").StrokeShape} StrokeShape */
/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {import("./surface.js").Surface} Surface */

const SELECTED_GAIN = 0.15; // added to the opacity of the masks
const HOVER_OPACITY = 0.15;
const HANDLE_PX = 7;
const DARK = "rgb(0 0 0 / 60%)";

/** @type {WeakMap<Rle, {color: string, canvas: HTMLCanvasElement}>} */
const tinted = new WeakMap();

export class TopLayer {
  #surface;
  #scratch = createSurface(1, 1);
  #stillness;
  #strokeTint = new StrokeTint();

  /**
   * @param {Surface} surface
   * @param {() => boolean} stillness whether the person asked for less motion
   */
  constructor(surface, stillness) {
    this.#surface = surface;
    this.#stillness = stillness;
  }

  /**
   * @param {EditorState} state
   * @param {number} density
   * @param {number} time ms
   * @returns {boolean} whether something moves by itself, so that it has to be drawn again
   */
  draw(state, density, time) {
    clear(this.#surface);
    const { document, session } = state;
    const stroke = session.overlay.find((shape) => shape.kind === "stroke") ?? null;
    if (session.masksVisible) this.#drawObjects(state, density, stroke);
    const pen = {
      context: this.#surface.context,
      view: session.view,
      density,
      time,
      isStill: this.#stillness(),
    };
    let moves = false;
    for (const shape of session.overlay) {
      if (shape.kind === "preview") {
        this.#fill(this.#tintOf(shape.rle, shape.color), shape.rle, 0.5, session.view, density);
      }
      moves = drawShape(pen, shape, document.image) || moves;
    }
    return moves;
  }

  /**
   * @param {EditorState} state
   * @param {number} density
   * @param {StrokeShape | null} stroke
   */
  #drawObjects({ document, session }, density, stroke) {
    const { view, selection, hover, opacity, hidden } = session;
    const primary = selection.at(-1);
    const hovered =
      hover === null || selection.includes(hover) ? null : document.objects.get(hover);
    if (hovered && !hidden.has(hovered.id)) {
      const color = objectColor(document, hovered);
      this.#fill(this.#tintOf(hovered.rle, color), hovered.rle, HOVER_OPACITY, view, density);
      this.#edge(hovered.rle, brighten(color, 0.5), view, density);
    }
    for (const id of selection) {
      const object = document.objects.get(id);
      if (!object || object.state === "rejected") continue;
      const color = objectColor(document, object);
      if (id === primary && !hidden.has(id)) {
        const alpha = session.outlineOnly ? 0 : Math.min(opacity + SELECTED_GAIN, 1);
        this.#fillPrimary(object, color, alpha, stroke, view, density);
      }
      if (!stroke || stroke.target !== id)
        this.#edge(object.rle, brighten(color, 0.6), view, density);
      if (id === primary && !stroke) this.#handles(object.rle, view, density);
    }
    if (stroke && stroke.target === null)
      this.#fillNew(stroke, opacity + SELECTED_GAIN, view, density);
  }

  /**
   * The primary selection as it will be once the stroke has ended.
   * @param {Readonly<MaskObject>} object
   * @param {string} color
   * @param {number} alpha
   * @param {StrokeShape | null} stroke
   * @param {Viewport} view
   * @param {number} density
   */
  #fillPrimary(object, color, alpha, stroke, view, density) {
    const picture = this.#tintOf(object.rle, color);
    const isDrawnOn = stroke !== null && stroke.target === object.id;
    const isHatched = object.state === "suggested" && !isDrawnOn;
    if (!isDrawnOn && !isHatched) {
      this.#fill(picture, object.rle, alpha, view, density);
      return;
    }
    const { canvas, context } = this.#openScratch(view, density);
    const [x, y] = bbox(object.rle);
    context.drawImage(picture, x, y);
    if (isDrawnOn) {
      context.globalCompositeOperation = stroke.erases ? "destination-out" : "source-over";
      context.drawImage(this.#strokeTint.pictureOf(stroke), stroke.patch.x, stroke.patch.y);
      context.globalCompositeOperation = "source-over";
    }
    if (isHatched) hatch(this.#scratch, view, density);
    this.#blit(
      canvas,
      isHatched ? Math.min(alpha * HATCH_GAIN, 1) : Math.max(alpha, HOVER_OPACITY),
    );
  }

  /**
   * @param {StrokeShape} stroke
   * @param {number} alpha
   * @param {Viewport} view
   * @param {number} density
   */
  #fillNew(stroke, alpha, view, density) {
    const { canvas, context } = this.#openScratch(view, density);
    context.drawImage(this.#strokeTint.pictureOf(stroke), stroke.patch.x, stroke.patch.y);
    this.#blit(canvas, Math.min(alpha, 1));
  }

  /**
   * @param {Viewport} view
   * @param {number} density
   */
  #openScratch(view, density) {
    resize(this.#scratch, this.#surface.canvas.width, this.#surface.canvas.height);
    clear(this.#scratch);
    enterImage(this.#scratch.context, view, density);
    this.#scratch.context.imageSmoothingEnabled = view.scale < 1;
    return this.#scratch;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} alpha
   */
  #blit(canvas, alpha) {
    const { context } = this.#surface;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = alpha;
    context.drawImage(canvas, 0, 0);
    context.globalAlpha = 1;
  }

  /**
   * @param {HTMLCanvasElement} picture
   * @param {Rle} rle
   * @param {number} alpha
   * @param {Viewport} view
   * @param {number} density
   */
  #fill(picture, rle, alpha, view, density) {
    if (alpha === 0) return;
    const { context } = this.#surface;
    const [x, y] = bbox(rle);
    enterImage(context, view, density);
    context.imageSmoothingEnabled = view.scale < 1;
    context.globalAlpha = alpha;
    context.drawImage(picture, x, y);
    context.globalAlpha = 1;
  }

  /**
   * @param {Rle} rle
   * @param {string} color
   * @param {Viewport} view
   * @param {number} density
   */
  #edge(rle, color, view, density) {
    const { context } = this.#surface;
    const path = edgePath(rle, view.scale * density);
    enterImage(context, view, density);
    for (const [width, style] of /** @type {const} */ ([
      [3.5, DARK],
      [2, color],
    ])) {
      context.lineWidth = width / view.scale;
      context.strokeStyle = style;
      context.stroke(path);
    }
  }

  /**
   * @param {Rle} rle
   * @param {Viewport} view
   * @param {number} density
   */
  #handles(rle, view, density) {
    const { context } = this.#surface;
    const [x, y, width, height] = bbox(rle);
    context.setTransform(density, 0, 0, density, 0, 0);
    context.fillStyle = "white";
    context.strokeStyle = DARK;
    context.lineWidth = 1;
    for (const across of [0, 0.5, 1]) {
      for (const down of [0, 0.5, 1]) {
        if (across === 0.5 && down === 0.5) continue;
        const at = toScreen(view, { x: x + across * width, y: y + down * height });
        const corner = [
          Math.round(at.x - HANDLE_PX / 2) + 0.5,
          Math.round(at.y - HANDLE_PX / 2) + 0.5,
        ];
        context.beginPath();
        context.rect(corner[0] ?? 0, corner[1] ?? 0, HANDLE_PX, HANDLE_PX);
        context.fill();
        context.stroke();
      }
    }
  }

  /**
   * @param {Rle} rle
   * @param {string} color
   */
  #tintOf(rle, color) {
    let known = tinted.get(rle);
    if (!known || known.color !== color) {
      known = { color, canvas: tint(toPatch(rle), color) };
      tinted.set(rle, known);
    }
    return known.canvas;
  }
}
