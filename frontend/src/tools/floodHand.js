/**
 * The hand of wand and fill: a press shows what is alike, a drag to the right widens the tolerance
 * and to the left narrows it, lifting takes what is shown. The worker is asked for one tolerance at
 * a time; what was passed over meanwhile is never asked for.
 */

import { cellAt } from "../geometry/frame.js";
import { area } from "../geometry/rle.js";
import { number } from "../texts.js";
import { paintColor } from "./colors.js";
import { optionValue, turnByKey, turnOption, withOption } from "./options.js";

/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").RangeOption} RangeOption */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/**
 * @typedef {Object} Flooding
 * @property {RangeOption} tolerance
 * @property {(sample: PointerSample) => {closed: Rle | null, spreads: boolean, target: string | null} | null} begin
 *   null: nothing may be taken here, and it was said why
 * @property {(rle: Rle, from: PointerSample, to: PointerSample) => void} finish
 */
/**
 * @typedef {Object} Press
 * @property {PointerSample} from
 * @property {PointerSample | null} to where it was lifted
 * @property {{closed: Rle | null, spreads: boolean, target: string | null}} begun
 * @property {Rle | null} rle of `tolerance`, null while it is looked for
 */

const LIMIT_CELLS = 16 * 1024 * 1024;
const DRAG_PX = 6; // screen_px; less is a click
const PX_PER_LEVEL = 2; // screen_px of a drag for each level of tolerance

/** @implements {ToolHand} */
export class FloodHand {
  #store;
  #services;
  #describe;
  #flooding;
  /** @type {Press | null} */
  #press = null;
  #first = 0; // tolerance when the press began
  #isAsking = false;

  /**
   * @param {ToolContext} context
   * @param {Flooding} flooding
   */
  constructor({ store, services, describe }, flooding) {
    this.#store = store;
    this.#services = services;
    this.#describe = describe;
    this.#flooding = flooding;
  }

  disable() {
    this.abort();
  }

  /** @param {PointerSample} sample */
  down(sample) {
    const { width, height } = this.#store.state.document.image;
    const { x, y } = sample.image;
    if (this.#press?.to || x < 0 || y < 0 || x >= width || y >= height) return;
    const begun = this.#flooding.begin(sample);
    if (!begun) return;
    this.#first = this.#tolerance();
    this.#press = { from: sample, to: null, begun, rle: null };
    void this.#ask();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    const last = samples.at(-1);
    if (!this.#press || this.#press.to || !last) return;
    const moved = last.screen.x - this.#press.from.screen.x;
    const levels = Math.trunc((Math.abs(moved) - DRAG_PX) / PX_PER_LEVEL);
    if (levels > 0) this.#setTolerance(this.#first + Math.sign(moved) * levels);
  }

  /** @param {PointerSample} sample */
  up(sample) {
    if (!this.#press) return;
    this.#press.to = sample;
    this.#finishIfKnown();
  }

  abort() {
    this.#press = null;
    this.#show();
  }

  cancel() {
    const was = this.#press !== null;
    this.abort();
    return was;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    return turnByKey(this.#store, this.#flooding.tolerance, sample);
  }

  /** @param {number} steps */
  altWheel(steps) {
    turnOption(this.#store, this.#flooding.tolerance, 2 * steps);
    return true;
  }

  #tolerance() {
    return optionValue(this.#store.state.session, this.#flooding.tolerance);
  }

  /** @param {number} wanted */
  #setTolerance(wanted) {
    const option = this.#flooding.tolerance;
    const value = Math.min(Math.max(wanted, option.min), option.max);
    if (value === this.#tolerance() || !this.#press) return;
    this.#store.update(withOption(this.#store.state.session, option, value));
    void this.#ask();
  }

  /** Ask until the answer is to what is wanted by then. */
  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#store.update({ busy: true });
    try {
      for (let asked = null; this.#press && asked?.isDone !== true; ) {
        asked = await this.#answer(this.#press, this.#tolerance());
      }
    } catch (error) {
      this.abort();
      this.#services.notify(error instanceof Error ? error.message : String(error), "error");
    } finally {
      this.#isAsking = false;
      this.#store.update({ busy: false });
    }
    this.#finishIfKnown();
  }

  /**
   * @param {Press} press
   * @param {number} tolerance
   */
  async #answer(press, tolerance) {
    press.rle = null;
    const { pixels } = this.#services;
    const frame = await pixels.frame(LIMIT_CELLS);
    const seed = cellAt(frame, press.from.image);
    const { closed, spreads } = press.begun;
    const rle = await pixels.ask("alike", { seed, tolerance, spreads, closed });
    if (this.#press !== press || tolerance !== this.#tolerance()) return { isDone: false };
    press.rle = rle;
    this.#show();
    return { isDone: true };
  }

  #finishIfKnown() {
    const press = this.#press;
    if (!press?.to || !press.rle) return;
    this.#press = null;
    this.#show();
    this.#flooding.finish(press.rle, press.from, press.to);
  }

  #show() {
    const rle = this.#press?.rle;
    if (!rle || !this.#press) {
      this.#describe([]);
      return;
    }
    const { document, session } = this.#store.state;
    const color = paintColor(document, this.#press.begun.target, session.label);
    const words = `${number(area(rle))} px`;
    this.#describe([{ kind: "preview", rle, color, choices: 0 }], words);
  }
}
