/**
 * B and E: paint into the object selected last, or a new one; take away from it. Alt, X, the right
 * button and a pen's other end turn the one into the other; Shift+click draws a straight line from
 * where the last stroke ended. A stroke is a bitmap until the pointer lifts, an RLE after.
 */
import { Stroke } from "../geometry/raster.js";
import { area, fromPatch } from "../geometry/rle.js";
import { subtract, union } from "../geometry/sets.js";
import { addObject } from "../model/actions/addObject.js";
import { replaceMask } from "../model/actions/replaceMask.js";
import { newId } from "../model/ids.js";
import { brushSizeKey, scaledBrush } from "./brushSize.js";
import { paintColor } from "./colors.js";
import { editableSelection, topmostAt } from "./hits.js";

/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Point} Point */

/** @type {Tool} */
export const brush = {
  name: "brush",
  title: "Brush",
  hotkey: "B",
  draws: true,
  cursor: "none",
  take: (context) => new BrushHand(context, false),
};

/** @type {Tool} */
export const eraser = {
  name: "eraser",
  title: "Eraser",
  hotkey: "E",
  draws: true,
  cursor: "none",
  take: (context) => new BrushHand(context, true),
};

/** @implements {ToolHand} */
class BrushHand {
  #store;
  #services;
  #describe;
  #erasesByNature;
  /** @type {{stroke: Stroke, target: string | null, erases: boolean, version: number} | null} */
  #drawing = null;
  /** @type {Point | null} where the last stroke ended */
  #last = null;
  /** @type {PointerSample | null} */
  #pointer = null;

  /**
   * @param {ToolContext} context
   * @param {boolean} erases
   */
  constructor({ store, services, describe }, erases) {
    this.#store = store;
    this.#services = services;
    this.#describe = describe;
    this.#erasesByNature = erases;
  }

  /** @param {PointerSample} sample */
  hover(sample) {
    this.#pointer = sample;
    this.#show();
  }

  leave() {
    this.#pointer = null;
    this.#show();
  }

  /** @param {PointerSample} sample */
  down(sample) {
    this.#pointer = sample;
    const erases = this.#erases(sample);
    const target = erases
      ? this.#toErase(sample)
      : (editableSelection(this.#store.state)?.id ?? null);
    if (erases && target === null) {
      this.#services.notify("There is no object here to erase from.", "info");
      return;
    }
    const { document, session } = this.#store.state;
    const { brushSize, brushShape } = session;
    const stroke = new Stroke(document.image, { size: brushSize, shape: brushShape });
    stroke.line((sample.shift && this.#last) || sample.image, sample.image);
    this.#last = sample.image;
    this.#drawing = { stroke, target, erases, version: 0 };
    this.#show();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    this.#pointer = samples.at(-1) ?? this.#pointer;
    const drawing = this.#drawing;
    if (drawing) {
      for (const { image } of samples) {
        drawing.stroke.line(this.#last ?? image, image);
        this.#last = image;
      }
      drawing.version += 1;
    }
    this.#show();
  }

  up() {
    const drawing = this.#drawing;
    this.#drawing = null;
    if (drawing) this.#commit(drawing);
    this.#show();
  }

  abort() {
    this.#drawing = null;
    this.#show();
  }

  disable() {
    this.#drawing = null;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    if (sample.ctrl) return false;
    if (sample.key === "Alt") return this.#turn(true);
    const size = brushSizeKey(sample, this.#store.state.session.brushSize);
    if (size === null && (sample.key !== "x" || sample.alt)) return false;
    if (size === null) this.#store.update({ swapped: !this.#store.state.session.swapped });
    else this.#resize(size);
    this.#show();
    return true;
  }

  /** @param {import("../types.js").KeySample} sample */
  keyUp(sample) {
    return sample.key === "Alt" && this.#turn(false);
  }

  /** @param {number} steps */
  altWheel(steps) {
    this.#resize(scaledBrush(this.#store.state.session.brushSize, steps));
    this.#show();
    return true;
  }

  /** @param {PointerSample} sample */
  #erases(sample) {
    if (sample.eraser) return true;
    const turned = sample.alt || !sample.primary;
    return (this.#erasesByNature !== this.#store.state.session.swapped) !== turned;
  }

  /** @param {PointerSample} sample */
  #toErase(sample) {
    const state = this.#store.state;
    const target = editableSelection(state) ?? topmostAt(state, sample.image);
    if (target) this.#store.update({ selection: [target.id] });
    return target?.id ?? null;
  }

  /** @param {boolean} alt shows the other half of the tool as long as Alt is held */
  #turn(alt) {
    if (!this.#pointer) return false;
    this.#pointer = { ...this.#pointer, alt };
    this.#show();
    return true;
  }

  /** @param {number} size */
  #resize(size) {
    const { width, height } = this.#store.state.document.image;
    this.#store.update({ brushSize: Math.min(size, 2 * Math.max(width, height)) });
  }

  /** @param {{stroke: Stroke, target: string | null, erases: boolean}} drawing */
  #commit({ stroke, target, erases }) {
    const { document, session } = this.#store.state;
    const { width, height } = document.image;
    const drawn = fromPatch(stroke.patch, [height, width]);
    if (area(drawn) === 0) return;
    const object = target === null ? null : document.objects.get(target);
    if (object) {
      const rle = erases ? subtract(object.rle, drawn) : union(object.rle, drawn);
      const words = erases ? "Erase stroke" : "Brush stroke";
      this.#store.dispatch(replaceMask({ id: object.id, rle, words }));
    } else if (!erases) {
      const id = newId();
      this.#store.dispatch(addObject({ id, rle: drawn, label: session.label }));
      this.#store.update({ selection: [id] });
    }
  }

  #show() {
    const { document, session } = this.#store.state;
    /** @type {import("../types.js").OverlayShape[]} */
    const shapes = [];
    if (this.#drawing) {
      const { stroke, target, erases, version } = this.#drawing;
      const color = paintColor(document, target, session.label);
      shapes.push({ kind: "stroke", target, erases, patch: stroke.patch, color, version });
    }
    if (this.#pointer) {
      const erases = this.#drawing?.erases ?? this.#erases(this.#pointer);
      const { brushSize: size, brushShape: shape } = session;
      shapes.push({ kind: "brush", at: this.#pointer.image, size, shape, erases });
    }
    this.#describe(shapes, `${Math.round(session.brushSize)} px`);
  }
}
