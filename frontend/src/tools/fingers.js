/**
 * Two and more fingers: pinch to zoom and pan, a tap of two undoes, a tap of three does again.
 * Knows no events, only where each finger is.
 */
import { keepInSight, panBy, zoomAt } from "../geometry/viewport.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../model/store.js").EditorStore} EditorStore */

const TAP_MS = 300;
const TAP_PX = 12; // fingers are less steady than a mouse

export class Fingers {
  /** @type {Map<number, Point>} */
  #places = new Map();
  #most = 0;
  #moved = 0;
  #began = 0;
  #store;

  /** @param {EditorStore} store */
  constructor(store) {
    this.#store = store;
  }

  get count() {
    return this.#places.size;
  }

  /** @returns {boolean} two fingers were down since the first one came */
  get isPinch() {
    return this.#most > 1;
  }

  /** Those that are down mean nothing any more, nor does their lifting. */
  forget() {
    this.#places.clear();
  }

  /**
   * @param {number} id
   * @param {Point} place screen_px
   * @param {number} time ms
   */
  down(id, place, time) {
    if (this.#places.size === 0) {
      this.#most = 0;
      this.#moved = 0;
      this.#began = time;
    }
    this.#places.set(id, place);
    this.#most = Math.max(this.#most, this.#places.size);
  }

  /**
   * @param {number} id
   * @param {Point} place screen_px
   */
  move(id, place) {
    const former = this.#places.get(id);
    if (!former) return;
    this.#moved += Math.hypot(place.x - former.x, place.y - former.y);
    const before = this.#spread();
    this.#places.set(id, place);
    if (this.#places.size !== 2) return;
    this.#apply(before, this.#spread());
  }

  /**
   * @param {number} id
   * @param {number} time ms
   * @returns {"undo" | "redo" | null} what a tap asks for once the last finger is up
   */
  up(id, time) {
    if (!this.#places.delete(id) || this.#places.size > 0) return null;
    if (time - this.#began > TAP_MS || this.#moved > TAP_PX * this.#most) return null;
    if (this.#most === 2) return "undo";
    return this.#most === 3 ? "redo" : null;
  }

  /** @returns {{middle: Point, distance: number}} */
  #spread() {
    const [a, b] = [...this.#places.values()];
    if (!a || !b) return { middle: a ?? { x: 0, y: 0 }, distance: 1 };
    return {
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
      distance: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1),
    };
  }

  /**
   * @param {{middle: Point, distance: number}} before
   * @param {{middle: Point, distance: number}} after
   */
  #apply(before, after) {
    const { document, session } = this.#store.state;
    const dx = after.middle.x - before.middle.x;
    const dy = after.middle.y - before.middle.y;
    const zoomed = zoomAt(session.view, before.middle, after.distance / before.distance);
    const view = keepInSight(panBy(zoomed, dx, dy), document.image, session.stage);
    this.#store.update({ view });
  }
}
