/**
 * What is being worked on: the selected objects with a bright edge and handles, the one under the
 * pointer, a stroke under way, and whatever the tool in hand describes.
 */
import { bbox } from "../geometry/rle.js";
import { boxInSight, toScreen } from "../geometry/viewport.js";
import { shownColor, shownHeat } from "../model/colors.js";
import { shownPattern } from "../model/patterns.js";
import { voidOf } from "../model/void.js";
import { DiffMarks } from "./diffMarks.js";
import { cornersAt, edgePath } from "./edges.js";
import { HATCH_GAIN, hatch } from "./hatch.js";
import { LoneMask } from "./loneMask.js";
import { overlayPattern } from "./patterns.js";
import { drawGrid, showsGrid } from "./pixelGrid.js";
import { drawCrosshair, drawShape } from "./shapes.js";
import { Snapshot } from "./snapshot.js";
import { StrokeTint } from "./strokeTint.js";
import { brighten, clear, createSurface, enterImage, resize } from "./surface.js";
import { drawVoid } from "./voidMarks.js";

/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").StrokeShape} StrokeShape */
/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {import("./surface.js").Surface} Surface */

const SELECTED_GAIN = 0.15; // added to the opacity of the masks
const HOVER_OPACITY = 0.15;
const PREVIEW_OPACITY = 0.5;
const MANY_CORNERS = 1500; // of an outline that is stroked widely for longer than a frame lasts
const HANDLE_PX = 7;
const DARK = "rgb(0 0 0 / 60%)";

export class TopLayer {
  #surface;
  #scratch = createSurface(1, 1);
  #stillness;
  #strokeTint = new StrokeTint();
  #diffMarks = new DiffMarks();
  #isBlank = false;
  #lone = { primary: new LoneMask(), preview: new LoneMask() };
  #held = new Snapshot();
  /** @type {readonly unknown[]} what the held objects were drawn from */
  #heldFrom = [];

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
   * @param {boolean} isMoving the view is on its way, and rough edges will do
   * @returns {boolean} whether something moves by itself, so that it has to be drawn again
   */
  draw(state, density, time, isMoving) {
    const isBlank = hasNothing(state);
    if (isBlank && this.#isBlank) return false; // an untouched layer costs the browser nothing
    this.#isBlank = isBlank;
    this.#surface.canvas.style.visibility = isBlank ? "hidden" : "visible";
    const { document, session } = state;
    const stroke = session.overlay.find((shape) => shape.kind === "stroke") ?? null;
    const isShown = session.masksVisible && (!session.diff || stroke !== null);
    const isHeld = isShown && isMoving && stroke === null;
    if (isHeld) this.#holdObjects(state, density);
    else this.#heldFrom = [];
    clear(this.#surface);
    if (showsGrid(session))
      drawGrid(this.#surface.context, session.view, document.image, session.stage, density);
    if (session.voidShown) drawVoid(this.#surface.context, voidOf(document), session.view, density);
    this.#drawDiff(state, density);
    if (isHeld) this.#drawHeld(state, density);
    else if (isShown) this.#drawObjects(state, density, stroke);
    if (isShown && stroke === null) this.#drawHandles(state, density);
    const pen = {
      context: this.#surface.context,
      view: session.view,
      density,
      time,
      isStill: this.#stillness(),
    };
    let moves = false;
    for (const shape of [...session.marks, ...session.overlay]) {
      if (shape.kind === "preview" || shape.kind === "ghost") {
        this.#fill("preview", shape, PREVIEW_OPACITY, session.view, density);
      }
      moves = drawShape(pen, shape, document.image) || moves;
    }
    if (session.keyCursor) drawCrosshair(pen, session.keyCursor);
    return moves;
  }

  /**
   * @param {EditorState} state
   * @param {number} density
   */
  #drawDiff({ document: { image }, session }, density) {
    const { diff, view, masksVisible } = session;
    if (!diff) this.#diffMarks.forget();
    else if (masksVisible) {
      const sight = this.#sight(view, density);
      this.#diffMarks.draw(this.#surface, diff, { image, view, density, sight });
    }
  }

  /**
   * Wide edges take longer to stroke than a frame lasts: of a view on its way they are drawn once,
   * and that picture is moved.
   * @param {EditorState} state
   * @param {number} density
   */
  #holdObjects(state, density) {
    const { document, session } = state;
    const { stage, view, selection, hover, overlay } = session;
    const { hidden, opacity, outlineOnly, patterns, heat, heatSignal, refines } = session;
    const looks = [hidden, opacity, outlineOnly, patterns, heat, heatSignal, refines];
    const from = [document, stage, selection, hover, overlay, density, ...looks];
    if (this.#heldFrom.length > 0 && from.every((each, at) => each === this.#heldFrom[at])) return;
    clear(this.#surface);
    this.#drawObjects(state, density, null);
    this.#held.forget(); // of the same view, if only what is pointed at has changed
    this.#held.keep(this.#surface, view);
    this.#heldFrom = from;
  }

  /**
   * @param {EditorState} state
   * @param {number} density
   */
  #drawHeld(state, density) {
    const { view, stage } = state.session;
    const drawThinly = () => this.#drawObjects(state, density, null, true);
    if (this.#held.servesFor(view, stage)) {
      this.#held.draw(this.#surface, view, density, drawThinly);
    } else drawThinly();
  }

  /**
   * @param {EditorState} state
   * @param {number} density
   * @param {StrokeShape | null} stroke
   * @param {boolean} [isThin] edges of one pixel, which are quickly drawn
   */
  #drawObjects({ document, session }, density, stroke, isThin = false) {
    const { view, selection, hover, opacity, hidden } = session;
    const heat = shownHeat(document, session);
    const primary = selection.at(-1);
    const hovered =
      hover === null || selection.includes(hover) ? null : document.objects.get(hover);
    if (hovered && !hidden.has(hovered.id)) {
      const color = shownColor(document, hovered, heat);
      this.#veil(hovered.rle, color, view, density);
      const isRagged = cornersAt(hovered.rle, view.scale * density) > MANY_CORNERS;
      this.#edge(hovered.rle, brighten(color, 0.5), view, density, isThin || isRagged);
    }
    const isRefined = session.overlay.some(({ kind }) => kind === "preview" || kind === "ghost");
    for (const id of selection) {
      const object = document.objects.get(id);
      if (!object || object.state === "rejected") continue;
      if (isRefined && id === session.refines) continue; // its next mask is seen in its place
      const color = shownColor(document, object, heat);
      if (id === primary && !hidden.has(id)) {
        const alpha = session.outlineOnly ? 0 : Math.min(opacity + SELECTED_GAIN, 1);
        const label = document.labels.find((one) => one.id === object.label);
        const pattern = shownPattern(session, label);
        this.#fillPrimary(object, { color, pattern }, alpha, stroke, view, density);
      }
      if (!stroke || stroke.target !== id)
        this.#edge(object.rle, brighten(color, 0.6), view, density, isThin);
    }
    if (stroke && stroke.target === null)
      this.#fillNew(stroke, opacity + SELECTED_GAIN, view, density);
  }

  /**
   * The primary selection as it will be once the stroke has ended.
   * @param {Readonly<MaskObject>} object
   * @param {{color: string, pattern: number | null}} look
   * @param {number} alpha
   * @param {StrokeShape | null} stroke
   * @param {Viewport} view
   * @param {number} density
   */
  #fillPrimary(object, { color, pattern }, alpha, stroke, view, density) {
    const { rle } = object;
    const isDrawnOn = stroke !== null && stroke.target === object.id;
    const isHatched = object.state === "suggested" && !isDrawnOn;
    if (!isDrawnOn && !isHatched && pattern === null) {
      this.#fill("primary", { rle, color }, alpha, view, density);
      return;
    }
    const { canvas, context } = this.#openScratch(view, density);
    this.#lone.primary.draw(
      context,
      { rle, color },
      this.#sight(view, density),
      view.scale * density,
    );
    if (isDrawnOn) {
      context.globalCompositeOperation = stroke.erases ? "destination-out" : "source-over";
      this.#strokeTint.draw(context, stroke);
      context.globalCompositeOperation = "source-over";
    }
    if (isHatched) hatch(this.#scratch, view, density);
    if (pattern !== null) overlayPattern(this.#scratch, pattern, view, density);
    const shown = isHatched ? Math.min(alpha * HATCH_GAIN, 1) : alpha;
    this.#blit(canvas, isDrawnOn ? Math.max(shown, HOVER_OPACITY) : shown);
  }

  /**
   * @param {StrokeShape} stroke
   * @param {number} alpha
   * @param {Viewport} view
   * @param {number} density
   */
  #fillNew(stroke, alpha, view, density) {
    const { canvas, context } = this.#openScratch(view, density);
    this.#strokeTint.draw(context, stroke);
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
   * @param {"primary" | "preview"} which
   * @param {{rle: Rle, color: string}} mask
   * @param {number} alpha
   * @param {Viewport} view
   * @param {number} density
   */
  #fill(which, mask, alpha, view, density) {
    if (alpha === 0) return;
    const { context } = this.#surface;
    enterImage(context, view, density);
    context.imageSmoothingEnabled = view.scale < 1;
    context.globalAlpha = alpha;
    this.#lone[which].draw(context, mask, this.#sight(view, density), view.scale * density);
    context.globalAlpha = 1;
  }

  /**
   * A mask that is only passed over: by its path, since a picture of it would be seen once.
   * @param {Rle} rle
   * @param {string} color
   * @param {Viewport} view
   * @param {number} density
   */
  #veil(rle, color, view, density) {
    const { context } = this.#surface;
    enterImage(context, view, density);
    context.globalAlpha = HOVER_OPACITY;
    context.fillStyle = color;
    context.fill(edgePath(rle, view.scale * density), "evenodd");
    context.globalAlpha = 1;
  }

  /**
   * @param {Viewport} view
   * @param {number} density
   */
  #sight(view, density) {
    const { width, height } = this.#surface.canvas;
    return boxInSight(view, width / density, height / density);
  }

  /**
   * @param {Rle} rle
   * @param {string} color
   * @param {Viewport} view
   * @param {number} density
   * @param {boolean} isThin
   */
  #edge(rle, color, view, density, isThin) {
    const { context } = this.#surface;
    const path = edgePath(rle, view.scale * density);
    enterImage(context, view, density);
    const wide = /** @type {const} */ ([
      [3.5, DARK],
      [2, color],
    ]);
    const thin = /** @type {const} */ ([[1 / density, color]]);
    for (const [width, style] of isThin ? thin : wide) {
      context.lineWidth = width / view.scale;
      context.strokeStyle = style;
      context.stroke(path);
    }
  }

  /**
   * Of the object selected last, and only where a tool can pull them.
   * @param {EditorState} state
   * @param {number} density
   */
  #drawHandles({ document, session: { tool, overlay, selection, view } }, density) {
    const object = document.objects.get(selection.at(-1) ?? "");
    if (tool !== "select" || !object || object.state === "rejected") return;
    if (overlay.some(({ kind }) => kind === "knots")) return;
    const { context } = this.#surface;
    const [x, y, width, height] = bbox(object.rle);
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
}

/** @param {EditorState} state */
function hasNothing({ session }) {
  if (showsGrid(session)) return false;
  const { selection, hover, overlay, marks, voidShown, keyCursor, diff } = session;
  const shapes = overlay.length + marks.length;
  if (keyCursor !== null || diff !== null) return false;
  return selection.length === 0 && hover === null && shapes === 0 && !voidShown;
}
