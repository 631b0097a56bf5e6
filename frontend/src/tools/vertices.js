/**
 * The vertices of the selected object, in hand beside the polygon that is drawn: drag one, drag the
 * outline for a new one, Delete takes the one under the pointer away. Every such deed is one undo
 * step. A click without a drag is left to the polygon.
 */

import { outline } from "../geometry/contour.js";
import {
  insertKnot,
  knotted,
  moveKnot,
  nearestPlace,
  removeKnot,
  unknotted,
} from "../geometry/knots.js";
import { fillRings } from "../geometry/rings.js";
import { t } from "../texts.js";
import { reshape } from "./drawn.js";
import { editableSelection } from "./hits.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../geometry/knots.js").KnottedRing} KnottedRing */
/** @typedef {{ring: number, knot: number}} Grip */

const DRAG_PX = 4; // screen_px; less is a click, which draws
const NEAR_PX = 8; // screen_px around a vertex or the outline
const TOLERANCE_PX = 1.5; // screen_px that the lines between vertices may be off the mask
const LEAST_TOLERANCE = 0.75; // image_px; less would make every step of the pixels a vertex

export class Vertices {
  #context;
  #store;
  /** @type {{rle: Rle, step: number, rings: readonly KnottedRing[]} | null} */
  #known = null;
  /** @type {Grip | null} under the pointer */
  #near = null;
  /** @type {Point | null} where a press would make a new one */
  #ghost = null;
  /** @type {{grip: Grip, rings: readonly KnottedRing[], from: Point, moved: boolean} | null} */
  #held = null;

  /** @param {ToolContext} context */
  constructor(context) {
    this.#context = context;
    this.#store = context.store;
  }

  get isHeld() {
    return this.#held !== null;
  }

  /** @param {PointerSample} sample */
  hover(sample) {
    const rings = this.#rings();
    const { scale } = this.#store.state.session.view;
    const near = nearestKnot(rings, sample.image, NEAR_PX / scale);
    this.#near = near;
    const place = near ? null : nearestSide(rings, sample.image, NEAR_PX / scale);
    this.#ghost = place?.at ?? null;
  }

  leave() {
    this.#near = null;
    this.#ghost = null;
  }

  /**
   * @param {PointerSample} sample
   * @returns {boolean} whether a vertex is held now
   */
  down(sample) {
    this.hover(sample);
    if (!sample.primary) return false;
    const rings = this.#rings();
    if (this.#near) {
      this.#held = { grip: this.#near, rings, from: sample.screen, moved: false };
      return true;
    }
    const reach = NEAR_PX / this.#store.state.session.view.scale;
    const place = this.#ghost ? nearestSide(rings, sample.image, reach) : null;
    if (!place) return false;
    const opened = rings.map((ring, at) => (at === place.ring ? insertKnot(ring, place) : ring));
    const grip = { ring: place.ring, knot: place.knot + 1 };
    this.#held = { grip, rings: opened, from: sample.screen, moved: false };
    return true;
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    const held = this.#held;
    const last = samples.at(-1);
    if (!held || !last) return;
    const { x, y } = held.from;
    if (!held.moved && Math.hypot(last.screen.x - x, last.screen.y - y) < DRAG_PX) return;
    const to = this.#insideImage(last.image);
    const { ring, knot } = held.grip;
    const rings = held.rings.map((each, at) => (at === ring ? moveKnot(each, knot, to) : each));
    this.#held = { ...held, rings, moved: true };
  }

  /** @returns {boolean} false: it was only clicked on */
  up() {
    const held = this.#held;
    this.#held = null;
    if (held?.moved) this.#commit(held.rings, t("Move vertex"));
    return held?.moved ?? true;
  }

  abort() {
    this.#held = null;
  }

  /** @returns {boolean} whether there was one under the pointer */
  remove() {
    const near = this.#near;
    const ring = near && this.#rings()[near.ring];
    if (!near || !ring) return false;
    const rest = removeKnot(ring, near.knot);
    const rings = this.#rings().flatMap((each, at) => {
      if (at !== near.ring) return [each];
      return rest ? [rest] : [];
    });
    this.leave();
    this.#commit(rings, t("Delete vertex"));
    return true;
  }

  /** @returns {import("../types.js").OverlayShape[]} */
  shapes() {
    const rings = this.#held?.rings ?? this.#rings();
    if (rings.length === 0) return [];
    const active = this.#held?.grip ?? this.#near;
    const at = active ? rings[active.ring]?.[active.knot]?.at : undefined;
    const points = rings.flatMap((ring) => ring.map((knot) => knot.at));
    /** @type {import("../types.js").OverlayShape} */
    const knots = { kind: "knots", points, active: at ?? null, ghost: this.#ghost };
    const moving = this.#held?.moved ? rings[this.#held.grip.ring] : undefined;
    if (!moving) return [knots];
    const line = moving.flatMap((knot) => [knot.at, ...knot.way]);
    return [{ kind: "line", points: line, closed: true, vertices: false }, knots];
  }

  /** @returns {readonly KnottedRing[]} of the selected object's outline */
  #rings() {
    const object = editableSelection(this.#store.state);
    if (!object) return [];
    const step = 2 ** Math.floor(Math.log2(this.#store.state.session.view.scale));
    if (this.#known?.rle !== object.rle || this.#known.step !== step) {
      const tolerance = Math.max(TOLERANCE_PX / step, LEAST_TOLERANCE);
      const rings = outline(object.rle).map((ring) => knotted(ring, tolerance));
      this.#known = { rle: object.rle, step, rings };
    }
    return this.#known.rings;
  }

  /**
   * @param {readonly KnottedRing[]} rings
   * @param {string} words
   */
  #commit(rings, words) {
    const object = editableSelection(this.#store.state);
    if (object) {
      reshape(this.#context, object, fillRings(rings.map(unknotted), object.rle.size), words);
    }
  }

  /** @param {Point} point */
  #insideImage({ x, y }) {
    const { width, height } = this.#store.state.document.image;
    return { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
  }
}

/**
 * @param {readonly KnottedRing[]} rings
 * @param {Point} point
 * @param {number} reach image_px
 * @returns {Grip | null}
 */
function nearestKnot(rings, point, reach) {
  let [best, grip] = [reach, /** @type {Grip | null} */ (null)];
  rings.forEach((ring, at) => {
    ring.forEach(({ at: { x, y } }, knot) => {
      const away = Math.hypot(x - point.x, y - point.y);
      if (away <= best) [best, grip] = [away, { ring: at, knot }];
    });
  });
  return grip;
}

/**
 * @param {readonly KnottedRing[]} rings
 * @param {Point} point
 * @param {number} reach image_px
 */
function nearestSide(rings, point, reach) {
  const places = rings.flatMap((ring, at) => {
    const place = nearestPlace(ring, point);
    return place && place.distance <= reach ? [{ ...place, ring: at }] : [];
  });
  return places.sort((a, b) => a.distance - b.distance)[0] ?? null;
}
