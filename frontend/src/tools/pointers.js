/**
 * Pointer events become gestures: the tool in hand, a pan, or fingers. A finger's touch is held
 * back until it moves, lifts or stays, since it may be the first of two.
 */
import { Fingers } from "./fingers.js";
import { coalescedSamples, pointerSample } from "./samples.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/**
 * @typedef {Object} Owner
 * @property {() => ToolHand} hand the tool in hand
 * @property {() => ToolHand} panHand
 * @property {() => boolean} pans whether Space is held
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {(gesture: "clicks" | "strokes") => void} made by the tool in hand, to its end
 */

const MIDDLE = 1;
const BACK_AND_FORWARD = [3, 4]; // of a mouse: the browser's own
const LONG_PRESS_MS = 450;
const STEADY_PX = 8;
const KEYS = -1; // id of the gesture that keys make; browsers count theirs from 0

export class Pointers {
  #element;
  #store;
  #owner;
  #fingers;
  #listening = new AbortController();
  /** @type {{id: number, hand: ToolHand, from: Point, device: PointerSample["device"], moved: boolean} | null} the gesture under way */
  #active = null;
  /** @type {{id: number, sample: PointerSample, timer: ReturnType<typeof setTimeout>} | null} */
  #held = null;
  #penSeen = false;

  /**
   * @param {HTMLElement} element
   * @param {EditorStore} store
   * @param {Owner} owner
   */
  constructor(element, store, owner) {
    this.#element = element;
    this.#store = store;
    this.#owner = owner;
    this.#fingers = new Fingers(store);
    const options = { signal: this.#listening.signal };
    element.addEventListener("pointerdown", (event) => this.#onDown(event), options);
    element.addEventListener("pointermove", (event) => this.#onMove(event), options);
    element.addEventListener("pointerup", (event) => this.#onUp(event), options);
    element.addEventListener("pointercancel", (event) => this.#onLost(event), options);
    element.addEventListener("lostpointercapture", (event) => this.#onLost(event), options);
    element.addEventListener("pointerleave", () => this.#onLeave(), options);
    element.addEventListener("contextmenu", (event) => event.preventDefault(), options);
  }

  get isActive() {
    return this.#active !== null;
  }

  /** @param {PointerSample} sample of a button that is a key */
  press(sample) {
    if (!this.#active) this.#start(KEYS, this.#owner.hand(), sample);
  }

  /** @param {PointerSample} sample */
  move(sample) {
    if (this.#active?.id === KEYS) this.#drag(sample, [sample]);
    else if (!this.#active) this.#owner.hand().hover?.(sample);
  }

  /** @param {PointerSample} sample */
  lift(sample) {
    if (this.#active?.id === KEYS) this.#end(sample);
  }

  leave() {
    if (!this.#active) this.#owner.hand().leave?.();
  }

  /** Give up what is under way, as when the tool is changed in the middle of a stroke. */
  abort() {
    this.#release();
    this.#active?.hand.abort?.();
    this.#active = null;
  }

  detach() {
    this.abort();
    this.#listening.abort();
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (BACK_AND_FORWARD.includes(event.button)) return undefined;
    this.#element.focus({ preventScroll: true });
    this.#element.setPointerCapture(event.pointerId);
    const sample = this.#sample(event);
    if (event.pointerType === "pen") this.#penDown();
    if (event.pointerType === "touch") {
      if (this.#active?.device === "pen") return undefined; // the palm of the hand that draws
      this.#fingers.down(event.pointerId, sample.screen, event.timeStamp);
      if (this.#fingers.isPinch) return this.abort();
      if (!this.#penSeen && !this.#owner.pans()) return this.#hold(event.pointerId, sample);
    }
    if (this.#active) return undefined;
    event.preventDefault();
    return this.#start(event.pointerId, this.#handFor(event), sample);
  }

  /** What fingers do, a palm that rests among them, ends where the pen begins. */
  #penDown() {
    this.#penSeen = true;
    this.#fingers.forget();
    if (this.#held || this.#active?.device === "touch") this.abort();
  }

  /** @param {PointerEvent} event */
  #handFor(event) {
    const fingerBesidePen = event.pointerType === "touch" && this.#penSeen;
    const pans = event.button === MIDDLE || this.#owner.pans() || fingerBesidePen;
    return pans ? this.#owner.panHand() : this.#owner.hand();
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    const sample = this.#sample(event);
    if (event.pointerType === "pen") this.#penSeen = true; // it hovers before it draws
    if (event.pointerType === "touch") this.#fingers.move(event.pointerId, sample.screen);
    this.#store.update({ pointer: sample.image });
    if (this.#held?.id === event.pointerId) {
      if (isNear(sample.screen, this.#held.sample.screen)) return;
      this.#startHeld(true);
    }
    if (this.#active?.id === event.pointerId) {
      const view = this.#store.state.session.view;
      this.#drag(sample, coalescedSamples(event, this.#element, view));
    } else if (!this.#active && event.pointerType !== "touch") {
      this.#owner.hand().hover?.(sample);
    }
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    if (this.#held?.id === event.pointerId) this.#startHeld(true);
    if (this.#active?.id === event.pointerId) this.#end(this.#sample(event));
    if (event.pointerType !== "touch") return;
    const asked = this.#fingers.up(event.pointerId, event.timeStamp);
    if (asked === "undo") this.#owner.undo();
    if (asked === "redo") this.#owner.redo();
  }

  /** @param {PointerEvent} event also after every up, when nothing is under way any more */
  #onLost(event) {
    if (event.type === "pointercancel") this.#fingers.up(event.pointerId, Number.POSITIVE_INFINITY);
    if (this.#active?.id === event.pointerId || this.#held?.id === event.pointerId) this.abort();
  }

  #onLeave() {
    if (this.#active) return;
    this.#store.update({ pointer: null, hover: null });
    this.#owner.hand().leave?.();
  }

  /**
   * @param {number} id
   * @param {PointerSample} sample
   */
  #hold(id, sample) {
    const timer = setTimeout(() => this.#startHeld(false), LONG_PRESS_MS);
    this.#held = { id, sample, timer };
  }

  /** @param {boolean} primary false after a long press */
  #startHeld(primary) {
    const held = this.#held;
    this.#release();
    if (held) this.#start(held.id, this.#owner.hand(), { ...held.sample, primary });
  }

  #release() {
    if (this.#held) clearTimeout(this.#held.timer);
    this.#held = null;
  }

  /**
   * @param {number} id
   * @param {ToolHand} hand
   * @param {PointerSample} sample
   */
  #start(id, hand, sample) {
    this.#active = { id, hand, from: sample.screen, device: sample.device, moved: false };
    hand.down?.(sample);
  }

  /**
   * @param {PointerSample} newest
   * @param {readonly PointerSample[]} samples
   */
  #drag(newest, samples) {
    if (!this.#active) return;
    if (!isNear(newest.screen, this.#active.from)) this.#active.moved = true;
    this.#active.hand.drag?.(samples);
  }

  /** @param {PointerSample} sample */
  #end(sample) {
    const ended = this.#active;
    this.#active = null;
    if (!ended) return;
    const pans = ended.hand === this.#owner.panHand() || ended.hand.pans?.();
    if (!pans) this.#owner.made(ended.moved ? "strokes" : "clicks");
    ended.hand.up?.(sample);
  }

  /** @param {PointerEvent} event */
  #sample(event) {
    return pointerSample(event, this.#element, this.#store.state.session.view);
  }
}

/**
 * @param {Point} a in screen_px
 * @param {Point} b
 */
function isNear(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y) < STEADY_PX;
}
