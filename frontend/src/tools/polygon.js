/**
 * P: click corner after corner; Enter, a double click or a click on the first corner closes,
 * Backspace takes the last one back, Esc cancels. Closed with Alt held it cuts a piece (or a hole)
 * out of the selected object. As long as nothing is being drawn, the selected object's vertices can
 * be moved, added and deleted.
 */

import { fillPolygon } from "../geometry/polygon.js";
import { t } from "../texts.js";
import { finishShape, SHAPE_GESTURES } from "./drawn.js";
import { editableSelection } from "./hits.js";
import { closesAt, isAgain } from "./near.js";
import { Trail } from "./trail.js";
import { Vertices } from "./vertices.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */

const FEWEST = 3;

/** @type {Tool} */
export const polygon = {
  name: "polygon",
  title: t("Polygon"),
  hotkey: "P",
  draws: true,
  cursor: "crosshair",
  gestures: [
    { keys: ["Click"], words: t("Next corner") },
    { keys: ["Enter", "Double click"], words: t("Close (or click on the first corner)") },
    { keys: ["Backspace"], words: t("Take the last corner back") },
    ...SHAPE_GESTURES,
    {
      keys: ["Drag"],
      words: t("On a vertex of the selected object: move it; on its outline: a new one"),
    },
    { keys: ["Del"], words: t("Delete the vertex under the pointer") },
  ],
  take: (context) => new PolygonHand(context),
};

/** @implements {ToolHand} */
class PolygonHand {
  #context;
  #store;
  #services;
  #describe;
  #vertices;
  #stopWatching;
  /** @type {Trail<Point>} image_px */
  #corners = new Trail();
  /** @type {Point | null} */
  #pointer = null;
  #hasAdded = false; // by the press under way

  /** @param {ToolContext} context */
  constructor(context) {
    const { store, services, describe } = context;
    this.#context = context;
    this.#store = store;
    this.#services = services;
    this.#describe = describe;
    this.#vertices = new Vertices(context);
    this.#stopWatching = store.watch(
      (state) => editableSelection(state)?.rle,
      () => this.#show(),
    );
    this.#show();
  }

  disable() {
    this.#stopWatching();
  }

  /** @param {PointerSample} sample */
  hover(sample) {
    this.#pointer = sample.image;
    if (this.#corners.steps.length === 0) this.#vertices.hover(sample);
    this.#show();
  }

  leave() {
    this.#pointer = null;
    this.#vertices.leave();
    this.#show();
  }

  /** @param {PointerSample} sample */
  down(sample) {
    this.#hasAdded = false;
    if (!sample.primary) return;
    if (this.#corners.steps.length === 0 && this.#vertices.down(sample)) {
      this.#show();
      return;
    }
    this.#corner(sample);
  }

  /** @param {PointerSample} sample */
  #corner(sample) {
    const { view } = this.#store.state.session;
    const { steps, last } = this.#corners;
    const press = { image: this.#insideImage(sample.image), device: sample.device };
    const isLast = isAgain(view, last, press);
    if (steps.length >= FEWEST && (isLast || closesAt(view, steps[0], press))) {
      this.#close(sample);
    } else if (!isLast) {
      this.#corners.add(press.image);
      this.#hasAdded = true;
    }
    this.#show();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    this.#pointer = samples.at(-1)?.image ?? this.#pointer;
    this.#vertices.drag(samples);
    this.#show();
  }

  /** @param {PointerSample} sample */
  up(sample) {
    if (!this.#vertices.up()) this.#corner(sample);
    this.#hasAdded = false;
    this.#show();
  }

  abort() {
    this.#vertices.abort();
    if (this.#hasAdded) this.#corners.undo(); // the first of two fingers meant no corner
    this.#hasAdded = false;
    this.#show();
  }

  cancel() {
    if (this.#corners.steps.length === 0) return false;
    this.#clear();
    return true;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    if (sample.ctrl) return false;
    const deletes = sample.key === "Backspace" || sample.key === "Delete";
    if (deletes && this.#corners.steps.length === 0) return this.#vertices.remove();
    if (sample.key === "Backspace") return this.undo();
    if (sample.key !== "Enter" || this.#corners.steps.length === 0) return false;
    this.#close(sample);
    return true;
  }

  undo() {
    const isDone = this.#corners.undo();
    if (isDone) this.#show();
    return isDone;
  }

  redo() {
    const isDone = this.#corners.redo();
    if (isDone) this.#show();
    return isDone;
  }

  /** @param {{shift: boolean, alt: boolean}} held */
  #close({ shift, alt }) {
    if (this.#corners.steps.length < FEWEST) {
      this.#services.notify(t("A polygon needs at least three corners."), "info");
      return;
    }
    const { width, height } = this.#store.state.document.image;
    const rle = fillPolygon(this.#corners.steps, [height, width]);
    if (finishShape(this.#context, rle, { shift, alt, noun: t("Polygon") })) this.#clear();
  }

  #clear() {
    this.#corners.clear();
    this.#show();
  }

  /** @param {Point} point a corner beyond the border is one on it */
  #insideImage({ x, y }) {
    const { width, height } = this.#store.state.document.image;
    return { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
  }

  #show() {
    if (this.#corners.steps.length === 0) {
      const shapes = this.#vertices.shapes();
      this.#describe(shapes, shapes.length > 0 ? t("Drag a vertex, or draw anew") : "");
      return;
    }
    const rubber = this.#pointer ? [...this.#corners.steps, this.#pointer] : this.#corners.steps;
    const count = this.#corners.steps.length;
    this.#describe(
      [
        { kind: "line", points: rubber, closed: false, vertices: false },
        { kind: "line", points: this.#corners.steps, closed: false, vertices: true },
      ],
      count === 1 ? t("1 corner") : t("{count} corners", { count }),
    );
  }
}
