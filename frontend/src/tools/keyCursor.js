/**
 * A cursor on the picture that arrows move: the tool in hand gets the same samples as from a mouse.
 * Space is the button, and held while arrows move it draws; Enter is a click where the tool has
 * nothing to finish. Alt and Shift mean what they mean with the mouse. Escape leaves.
 */
import { keepInSight, panBy, toImage, toScreen } from "../geometry/viewport.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").KeySample} KeySample */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */

const FAR = 10; // image_px
const MARGIN = 48; // screen_px that stay between the cursor and the stage's edge
const CENTRE = 0.5; // of a pixel, in image_px
const REST = { shift: false, alt: false };

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Where the samples go.
 * @typedef {Object} Button
 * @property {(sample: PointerSample) => void} press
 * @property {(sample: PointerSample) => void} move hovers, or drags while pressed
 * @property {(sample: PointerSample) => void} lift
 * @property {() => void} leave
 */

export class KeyCursor {
  #store;
  #button;

  /**
   * @param {EditorStore} store
   * @param {Button} button
   */
  constructor(store, button) {
    this.#store = store;
    this.#button = button;
  }

  get isOn() {
    return this.#at !== null;
  }

  get #at() {
    return this.#store.state.session.keyCursor;
  }

  /** Begin where the pointer is, else in the middle of what is seen. */
  enter() {
    const { view, stage, pointer } = this.#store.state.session;
    const middle = toImage(view, { x: stage.width / 2, y: stage.height / 2 });
    this.#move(this.#isInside(pointer) ? pointer : middle, REST);
  }

  leave() {
    if (!this.isOn) return;
    this.#store.update({ keyCursor: null, pointer: null, hover: null });
    this.#button.leave();
  }

  /** Show the tool where it is, as after another one was taken. */
  rest() {
    if (this.#at) this.#button.move(this.#sample(this.#at, REST));
  }

  /**
   * @param {KeySample} sample
   * @param {boolean} repeats the key is held
   * @param {() => boolean} offer the key to the tool; true: it had something to finish
   * @returns {boolean} whether the key was the cursor's, or the tool's
   */
  key(sample, repeats, offer) {
    if (!this.#at || sample.ctrl) return false;
    const arrow = ARROWS[sample.key];
    if (arrow?.[0] && sample.alt) return false; // the browser's way back and forward
    if (arrow) {
      const step = this.#step(sample.shift, repeats);
      const { x, y } = this.#at;
      this.#move({ x: x + arrow[0] * step, y: y + arrow[1] * step }, sample);
      return true;
    }
    if (sample.code === "Space") {
      if (!repeats) this.#button.press(this.#sample(this.#at, sample));
      return true;
    }
    if (sample.key !== "Enter") return false;
    if (!repeats) this.#enterKey(sample, offer);
    return true;
  }

  /** @param {KeySample} sample @returns {boolean} */
  keyUp(sample) {
    if (!this.#at || sample.code !== "Space") return false;
    this.#button.lift(this.#sample(this.#at, sample));
    return true;
  }

  /**
   * @param {KeySample} sample
   * @param {() => boolean} offer
   */
  #enterKey(sample, offer) {
    const isPlain = !sample.alt && !sample.shift;
    if (!this.#at || (isPlain && offer())) return;
    const there = this.#sample(this.#at, sample);
    this.#button.press(there);
    this.#button.lift(there);
  }

  /**
   * A press moves by the pixel; a held key by what can be seen, or a large picture would take minutes.
   * @param {boolean} shift
   * @param {boolean} repeats
   * @returns {number} image_px
   */
  #step(shift, repeats) {
    const { scale } = this.#store.state.session.view;
    const step = shift ? FAR : 1;
    return repeats ? Math.max(step, Math.round(step / scale)) : step;
  }

  /**
   * @param {Point} to image_px
   * @param {{shift: boolean, alt: boolean}} held
   */
  #move(to, held) {
    const { width, height } = this.#store.state.document.image;
    const at = { x: within(to.x, width), y: within(to.y, height) };
    this.#store.update({ keyCursor: at, pointer: at, view: this.#viewOf(at) });
    this.#button.move(this.#sample(at, held));
  }

  /**
   * The view, moved so far that the cursor is seen.
   * @param {Point} at image_px
   */
  #viewOf(at) {
    const { document, session } = this.#store.state;
    const { view, stage } = session;
    const { x, y } = toScreen(view, at);
    const [dx, dy] = [inward(x, stage.width), inward(y, stage.height)];
    return dx === 0 && dy === 0 ? view : keepInSight(panBy(view, dx, dy), document.image, stage);
  }

  /**
   * @param {Point} at image_px
   * @param {{shift: boolean, alt: boolean}} held
   * @returns {PointerSample}
   */
  #sample(at, { shift, alt }) {
    const screen = toScreen(this.#store.state.session.view, at);
    const plain = { primary: true, eraser: false, ctrl: false, pressure: 0.5 };
    return { ...plain, image: at, screen, shift, alt, device: "mouse" };
  }

  /** @param {Point | null} at @returns {at is Point} */
  #isInside(at) {
    const { width, height } = this.#store.state.document.image;
    return at !== null && at.x >= 0 && at.y >= 0 && at.x < width && at.y < height;
  }
}

/**
 * The centre of a pixel of the picture.
 * @param {number} value image_px
 * @param {number} size image_px
 */
function within(value, size) {
  return Math.min(Math.max(Math.floor(value), 0), size - 1) + CENTRE;
}

/**
 * How far the picture has to go for a place to be off the stage's edge.
 * @param {number} place screen_px
 * @param {number} size screen_px
 */
function inward(place, size) {
  const margin = Math.min(MARGIN, size / 4);
  return Math.max(margin - place, 0) || Math.min(size - margin - place, 0);
}
