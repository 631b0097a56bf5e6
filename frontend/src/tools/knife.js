/** K: a line across the selected object cuts it in two; drag it, or click corner after corner. */

import { cutAlong } from "../geometry/knife.js";
import { splitObject } from "../model/actions/splitObject.js";
import { newId } from "../model/ids.js";
import { keepersOf } from "../model/overlap.js";
import { t } from "../texts.js";
import { editableSelection, topmostAt } from "./hits.js";
import { isAgain } from "./near.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */

const DRAG_PX = 5; // screen_px; less is a click

/** @type {import("../types.js").Tool} */
export const knife = {
  name: "knife",
  title: t("Split by a line"),
  hotkey: "K",
  draws: true,
  reworks: true,
  cursor: "crosshair",
  goal: "selected",
  gestures: [
    { keys: ["Drag"], words: t("Cut the object along the line") },
    { keys: ["Click"], words: t("Corner of the line; Enter or a double click cuts") },
    { keys: ["Backspace"], words: t("Take the last corner back") },
  ],
  take: (context) => new KnifeHand(context),
};

/** @implements {ToolHand} */
class KnifeHand {
  #context;
  #store;
  /** @type {readonly Point[]} image_px */
  #points = [];
  /** @type {PointerSample | null} */
  #pressed = null;
  /** @type {Point[]} of a drag */
  #way = [];
  /** @type {Point | null} */
  #pointer = null;

  /** @param {ToolContext} context */
  constructor(context) {
    this.#context = context;
    this.#store = context.store;
  }

  /** @param {PointerSample} sample */
  hover(sample) {
    this.#pointer = sample.image;
    this.#show();
  }

  leave() {
    this.#pointer = null;
    this.#show();
  }

  /** @param {PointerSample} sample */
  down(sample) {
    if (!sample.primary) return;
    this.#pressed = sample;
    this.#way = [sample.image];
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    if (!this.#pressed) return;
    for (const { image } of samples) this.#way.push(image);
    this.#pointer = null;
    this.#show();
  }

  /** @param {PointerSample} sample */
  up(sample) {
    const pressed = this.#pressed;
    const way = this.#way;
    this.#pressed = null;
    this.#way = [];
    if (!pressed) return;
    if (screenDistance(pressed, sample) >= DRAG_PX) this.#cut([...this.#points, ...way]);
    else this.#corner(sample);
    this.#show();
  }

  abort() {
    this.#pressed = null;
    this.#way = [];
    this.#show();
  }

  cancel() {
    if (this.#points.length === 0) return false;
    this.#points = [];
    this.#show();
    return true;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    if (sample.ctrl || this.#points.length === 0) return false;
    if (sample.key === "Backspace") return this.undo();
    if (sample.key !== "Enter") return false;
    this.#cut(this.#points);
    this.#show();
    return true;
  }

  undo() {
    if (this.#points.length === 0) return false;
    this.#points = this.#points.slice(0, -1);
    this.#show();
    return true;
  }

  /** @param {PointerSample} sample */
  #corner(sample) {
    const isLast = isAgain(this.#store.state.session.view, this.#points.at(-1), sample);
    if (isLast && this.#points.length > 1) this.#cut(this.#points);
    else if (!isLast) this.#points = [...this.#points, sample.image];
  }

  /** @param {readonly Point[]} line */
  #cut(line) {
    const { store, services } = this.#context;
    this.#points = [];
    const object = editableSelection(store.state) ?? this.#under(line);
    if (!object || line.length < 2) {
      services.notify(t("Select the object to split, then draw a line across it."), "info");
      return;
    }
    const pieces = cutAlong(object.rle, line);
    if (pieces.length < 2) {
      services.notify(t("The line must cross the object from edge to edge."), "info");
      return;
    }
    const ids = pieces.slice(1).map(() => newId());
    store.dispatch(splitObject({ id: object.id, pieces, ids, keepers: keepersOf(store.state) }));
    store.update({ selection: [object.id] });
  }

  /** @param {readonly Point[]} line */
  #under(line) {
    const middle = line[line.length >> 1];
    return middle ? topmostAt(this.#store.state, middle) : null;
  }

  #show() {
    const rubber = this.#pointer && this.#points.length > 0 ? [this.#pointer] : [];
    const points = [...this.#points, ...this.#way, ...rubber];
    if (points.length < 1) {
      this.#context.describe([]);
      return;
    }
    this.#context.describe([
      { kind: "line", points, closed: false, vertices: false },
      { kind: "line", points: this.#points, closed: false, vertices: true },
    ]);
  }
}

/**
 * @param {PointerSample} a
 * @param {PointerSample} b
 */
function screenDistance(a, b) {
  return Math.hypot(a.screen.x - b.screen.x, a.screen.y - b.screen.y);
}
