/**
 * The layer of all masks that are not being worked on: confirmed ones filled, suggestions hatched,
 * each with an edge of one pixel at every zoom; locked ones have a dashed edge. Hidden and rejected
 * objects are not painted, nor is the primary selection, which the top layer draws.
 */
import { boxesOverlap } from "../geometry/box.js";
import { bbox } from "../geometry/rle.js";
import { boxInSight } from "../geometry/viewport.js";
import { shownColor, shownHeat } from "../model/colors.js";
import { paintOrder } from "../model/document.js";
import { patternOf } from "../model/patterns.js";
import { MaskBuffer } from "./maskBuffer.js";
import { KINDS, MaskPainter } from "./maskPainter.js";
import { Snapshot } from "./snapshot.js";
import { clear, createSurface, resize } from "./surface.js";

/** @typedef {import("../types.js").BoxXywh} BoxXywh */
/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").Session} Session */
/** @typedef {import("./maskPainter.js").Kind} Kind */
/** @typedef {import("./maskPainter.js").Painted} Painted */
/** @typedef {import("./surface.js").Surface} Surface */
/**
 * What is on the surface now: all that there is; a rough picture that will do while the view moves;
 * or still that, while a better one is being made a part in each frame.
 * @typedef {"done" | "rough" | "begun"} Progress
 */
/**
 * What a person is at: the view is on its way, and a rough picture of many masks will do; a stroke
 * is drawn, which nothing may hold up; or neither.
 * @typedef {"moves" | "draws" | "rests"} Pace
 */

const RIM_PX = 2; // screen_px by which an edge can reach out of its mask's box
const MANY = 40; // fewer are drawn as they are in every frame
const MAX_CLIPS = 24; // beyond, drawing everything is quicker
const SLICE_MS = 6; // of one frame for edges
const SLICE_MASKS = 60; // what the browser paints of them comes on top

export class MasksLayer {
  #surface;
  #snapshot = new Snapshot();
  /** @type {Record<Kind, MaskBuffer>} */
  #buffers;
  #painter;
  /** @type {ReadonlyMap<string, Painted>} */
  #painted = new Map();
  /** @type {readonly unknown[]} what the buffers were painted from */
  #sources = [];
  /** @type {readonly unknown[]} how the surface was drawn */
  #drawn = [];
  /** @type {unknown} the view of a rough picture on the surface */
  #rough = null;
  #isOutdated = false; // the snapshot shows what has changed since
  #next = createSurface(1, 1);
  /** @type {{drawn: readonly unknown[], edges: Painted[]} | null} what `next` lacks */
  #begun = null;

  /**
   * @param {Surface} surface
   * @param {{width: number, height: number}} image
   */
  constructor(surface, image) {
    this.#surface = surface;
    this.#buffers = { confirmed: new MaskBuffer(image), suggested: new MaskBuffer(image) };
    this.#painter = new MaskPainter(this.#buffers);
  }

  /**
   * Draw what differs from the last time: boxes of changed objects, or everything after a change of
   * the view.
   * @param {EditorState} state
   * @param {number} density device pixels in a CSS pixel
   * @param {Pace} [pace]
   * @returns {Progress}
   */
  draw(state, density, pace = "rests") {
    const { session } = state;
    const { view, masksVisible, outlineOnly, opacity, patterns } = session;
    const { width, height } = this.#surface.canvas;
    const changed = this.#refresh(state);
    const drawn = [view, masksVisible, outlineOnly, opacity, patterns, density, width, height];
    const differs = drawn.map((each, at) => each !== this.#drawn[at]);
    if (this.#drawn.length > 0 && this.#painted.size >= MANY && isOnlyElsewhere(differs)) {
      return this.#drawElsewhere(drawn, session, density, pace, changed.length > 0);
    }
    const isStale = this.#rough !== null || differs.includes(true);
    const isWhole = this.#aim(session, density) || changed.length > MAX_CLIPS || isStale;
    this.#settle(drawn);
    const sight = boxInSight(view, width / density, height / density);
    const clips = (isWhole ? [sight] : changed).filter((box) => boxesOverlap(box, sight));
    if (clips.length === 0) return "done";
    const { context } = this.#surface;
    context.save();
    if (!isWhole) this.#clip(clips, view, density);
    clear(this.#surface);
    this.#fill(this.#surface, session, density);
    if (masksVisible) this.#painter.strokeEdges(context, this.#reaching(clips), view, density);
    context.restore();
    return "done";
  }

  /**
   * Many masks in another view than that of the last whole picture.
   * @param {readonly unknown[]} drawn
   * @param {Session} session
   * @param {number} density
   * @param {Pace} pace
   * @param {boolean} hasChanged since the last time
   * @returns {Progress}
   */
  #drawElsewhere(drawn, session, density, pace, hasChanged) {
    if (hasChanged) {
      this.#begun = null;
      this.#isOutdated = true;
    }
    const isNew = hasChanged || this.#rough !== session.view;
    if (pace === "moves" || hasChanged || (pace === "draws" && isNew))
      this.#drawRoughly(session, density);
    else if (pace === "rests") return this.#drawByParts(drawn, session, density);
    return "rough";
  }

  /**
   * Put a moved copy of the last picture in place of a new one; where that is too coarse, does not
   * reach, or shows what was, the masks without their edges.
   * @param {Session} session
   * @param {number} density
   */
  #drawRoughly(session, density) {
    const { view, stage } = session;
    const last = /** @type {import("../types.js").Viewport} */ (this.#drawn[0]);
    this.#snapshot.keep(this.#surface, last);
    this.#rough = view;
    const fill = () => this.#fill(this.#surface, session, density, true);
    const isServed = !this.#isOutdated && Snapshot.serves(last, view, stage);
    if (!isServed) this.#aim(session, density);
    clear(this.#surface);
    if (isServed) this.#snapshot.draw(this.#surface, view, density, fill);
    else fill();
  }

  /**
   * Go on with the picture of a view that rests, and show it once it is whole.
   * @param {readonly unknown[]} drawn
   * @param {Session} session
   * @param {number} density
   * @returns {Progress}
   */
  #drawByParts(drawn, session, density) {
    const { view } = session;
    const { canvas, context } = this.#surface;
    if (!this.#begun || drawn.some((each, at) => each !== this.#begun?.drawn[at])) {
      this.#aim(session, density);
      resize(this.#next, canvas.width, canvas.height);
      clear(this.#next);
      this.#fill(this.#next, session, density);
      const sight = boxInSight(view, canvas.width / density, canvas.height / density);
      const edges = session.masksVisible ? this.#reaching([sight]) : [];
      this.#begun = { drawn, edges };
    }
    const { edges } = this.#begun;
    const until = performance.now() + SLICE_MS;
    const part = edges.slice(0, SLICE_MASKS);
    edges.splice(0, this.#painter.strokeEdges(this.#next.context, part, view, density, until));
    if (edges.length > 0) return "begun";
    clear(this.#surface);
    context.drawImage(this.#next.canvas, 0, 0);
    this.#settle(drawn);
    return "done";
  }

  /** @param {readonly unknown[]} drawn how the surface is drawn from now on */
  #settle(drawn) {
    this.#drawn = drawn;
    this.#rough = null;
    this.#isOutdated = false;
    this.#begun = null;
    this.#snapshot.forget();
  }

  /**
   * @param {readonly BoxXywh[]} boxes image_px
   * @returns {Painted[]} the masks that reach into one of them, the lowest first
   */
  #reaching(boxes) {
    return [...this.#painted.values()].filter(({ rle }) =>
      boxes.some((box) => boxesOverlap(bbox(rle), box)),
    );
  }

  /**
   * @param {Surface} surface
   * @param {Session} session
   * @param {number} density
   * @param {boolean} [isRough]
   */
  #fill(surface, session, density, isRough = false) {
    if (!session.masksVisible || session.outlineOnly) return;
    this.#painter.fill(surface, [...this.#painted.values()], session, density, isRough);
  }

  /**
   * Bring what is seen of a large image into the buffers.
   * @param {Session} session
   * @param {number} density
   */
  #aim({ view }, density) {
    const { width, height } = this.#surface.canvas;
    const sight = boxInSight(view, width / density, height / density);
    const aimed = KINDS.filter((kind) => this.#buffers[kind].aim(sight, view.scale * density));
    for (const kind of aimed) {
      const order = [...this.#painted.values()].filter((painted) => painted.kind === kind);
      this.#buffers[kind].repaintAll(order);
    }
    return aimed.length > 0;
  }

  /** Forget what is on the surface, as when it was resized. */
  invalidate() {
    this.#settle([]);
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
    const { hidden, locked, heat: isHeat, heatSignal } = session;
    const shown = [document.objects, document.labels, hidden, locked, primary];
    const sources = [...shown, isHeat, heatSignal];
    if (sources.every((source, index) => source === this.#sources[index])) return [];
    this.#sources = sources;
    const heat = shownHeat(document, session);
    const patterns = new Map(document.labels.map((label) => [label.id, patternOf(label)]));
    /** @type {Map<string, Painted>} */
    const wanted = new Map();
    for (const object of paintOrder(document)) {
      const { id, rle, z, state } = object;
      if (state === "rejected" || id === primary || hidden.has(id)) continue;
      const color = shownColor(document, object, heat);
      const pattern = patterns.get(object.label ?? 0) ?? null;
      wanted.set(id, { rle, color, kind: state, z, locked: locked.has(id), pattern });
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
}

/**
 * @param {readonly boolean[]} differs how a picture is drawn, the view first
 */
function isOnlyElsewhere([isElsewhere, ...others]) {
  return isElsewhere === true && !others.includes(true);
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
  const isSamePlace = a.rle === b.rle && a.z === b.z && a.pattern === b.pattern;
  return isSamePlace && a.color === b.color && a.kind === b.kind && a.locked === b.locked;
}
