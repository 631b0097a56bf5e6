/**
 * The masks as they were drawn last, shown moved and scaled while the view moves: hundreds of edges
 * need not be stroked in every frame of a pan. They are drawn anew once the view rests.
 */
import { clear, createSurface, resize } from "./surface.js";

/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {import("./surface.js").Surface} Surface */

const LARGEST = 2; // further from its own scale the copy is too coarse, or too dense

export class Snapshot {
  #surface = createSurface(1, 1);
  /** @type {Viewport | null} */
  #view = null;

  /**
   * Keep what a surface shows, unless a copy of it is kept already.
   * @param {Surface} shown
   * @param {Viewport} view in which it was drawn
   */
  keep({ canvas }, view) {
    if (this.#view === view) return;
    resize(this.#surface, canvas.width, canvas.height);
    clear(this.#surface);
    this.#surface.context.drawImage(canvas, 0, 0);
    this.#view = view;
  }

  forget() {
    this.#view = null;
  }

  /**
   * Whether a copy is kept that serves for a view.
   * @param {Viewport} to
   * @param {{width: number, height: number}} stage screen_px
   */
  servesFor(to, stage) {
    return this.#view !== null && Snapshot.serves(this.#view, to, stage);
  }

  /**
   * Whether a copy of one view serves for another.
   * @param {Viewport} from
   * @param {Viewport} to
   * @param {{width: number, height: number}} stage screen_px
   */
  static serves(from, to, stage) {
    const growth = to.scale / from.scale;
    const [x, y] = [to.x - from.x * growth, to.y - from.y * growth];
    const middle = { x: stage.width / 2, y: stage.height / 2 };
    const hasMiddle =
      x <= middle.x &&
      y <= middle.y &&
      x + stage.width * growth >= middle.x &&
      y + stage.height * growth >= middle.y;
    return hasMiddle && growth <= LARGEST && growth >= 1 / LARGEST;
  }

  /**
   * @param {Surface} target cleared
   * @param {Viewport} view
   * @param {number} density
   * @param {() => void} drawRest called while only what the copy does not reach can be drawn on
   */
  draw({ canvas, context }, view, density, drawRest) {
    const from = this.#view ?? view;
    const growth = view.scale / from.scale;
    const x = (view.x - from.x * growth) * density;
    const y = (view.y - from.y * growth) * density;
    const [width, height] = [canvas.width * growth, canvas.height * growth];
    if (x > 0 || y > 0 || x + width < canvas.width || y + height < canvas.height) {
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.beginPath();
      context.rect(0, 0, canvas.width, canvas.height);
      context.rect(x, y, width, height);
      context.clip("evenodd");
      drawRest();
      context.restore();
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = growth !== 1;
    context.drawImage(this.#surface.canvas, x, y, width, height);
  }
}
