/**
 * B and E: paint into the object selected last, or a new one; take away from it. Alt, X, the right
 * button and a pen's other end turn the one into the other; Shift+click draws a straight line from
 * where the last stroke ended. A stroke is a bitmap until the pointer lifts, an RLE after. With
 * "Pressure" a pen paints the thinner the more lightly it is held.
 */

import { fromTiles, TiledStroke } from "../geometry/raster.js";
import { area } from "../geometry/rle.js";
import { subtract } from "../geometry/sets.js";
import { t } from "../texts.js";
import { brushSizeKey, pressedSize, scaledBrush } from "./brushSize.js";
import { paintColor } from "./colors.js";
import { paint, revise } from "./drawn.js";
import { editableSelection, topmostAt } from "./hits.js";
import { optionValue } from "./options.js";

/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Point} Point */

/** @type {import("../types.js").SwitchOption} */
export const PRESSURE = {
  kind: "switch",
  name: "pressure",
  words: t("Pressure"),
  title: t("A pen pressed lightly paints thinner"),
  first: false,
};

const GESTURES = [
  { keys: ["[", "]", "Alt+Wheel"], words: t("Size; with Shift in large steps") },
  { keys: ["Shift+Click"], words: t("Straight stroke from the last point") },
  { keys: ["Alt"], words: t("Held: brush and eraser change places (right button too)") },
];

/** @type {Tool} */
export const brush = {
  name: "brush",
  title: t("Brush"),
  hotkey: "B",
  draws: true,
  cursor: "none",
  sized: true,
  goal: "selected",
  options: [PRESSURE],
  gestures: GESTURES,
  take: (context) => new BrushHand(context, false),
};

/** @type {Tool} */
export const eraser = {
  name: "eraser",
  title: t("Eraser"),
  hotkey: "E",
  draws: true,
  cursor: "none",
  sized: true,
  goal: "selected",
  options: [PRESSURE],
  gestures: GESTURES,
  take: (context) => new BrushHand(context, true),
};

/** @implements {ToolHand} */
class BrushHand {
  #context;
  #store;
  #services;
  #describe;
  #erasesByNature;
  /** @type {{stroke: TiledStroke, target: string | null, erases: boolean} | null} */
  #drawing = null;
  /** @type {Point | null} where the last stroke ended */
  #last = null;
  /** @type {PointerSample | null} */
  #pointer = null;
  #stopWatching;

  /**
   * @param {ToolContext} context
   * @param {boolean} erases
   */
  constructor(context, erases) {
    const { store, services, describe } = context;
    this.#context = context;
    this.#store = store;
    this.#services = services;
    this.#describe = describe;
    this.#erasesByNature = erases;
    this.#stopWatching = store.watch(
      ({ session }) => session.swapped,
      () => this.#show(),
    );
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
      this.#services.notify(t("There is no object here to erase from."), "info");
      return;
    }
    const { document, session } = this.#store.state;
    const stroke = new TiledStroke(document.image, {
      size: this.#size(sample),
      shape: session.brushShape,
    });
    stroke.line((sample.shift && this.#last) || sample.image, sample.image);
    this.#last = sample.image;
    this.#drawing = { stroke, target, erases };
    this.#show();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    this.#pointer = samples.at(-1) ?? this.#pointer;
    const drawing = this.#drawing;
    if (drawing) {
      for (const sample of samples) {
        drawing.stroke.taper(this.#last ?? sample.image, sample.image, this.#size(sample));
        this.#last = sample.image;
      }
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
    this.#stopWatching();
    this.#drawing = null;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    if (sample.ctrl) return false;
    if (sample.key === "Alt") return this.#turn(true);
    const size = brushSizeKey(sample, this.#store.state.session.brushSize);
    if (size === null) return false;
    this.#resize(size);
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
  #size(sample) {
    const { session } = this.#store.state;
    const presses = sample.device === "pen" && optionValue(session, PRESSURE);
    return presses ? pressedSize(session.brushSize, sample.pressure) : session.brushSize;
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

  /** @param {{stroke: TiledStroke, target: string | null, erases: boolean}} drawing */
  #commit({ stroke, target, erases }) {
    const { width, height } = this.#store.state.document.image;
    const drawn = fromTiles(stroke.tiles, [height, width]);
    if (area(drawn) === 0) return;
    if (!erases) {
      paint(this.#context, drawn, target, t("Brush stroke"));
      return;
    }
    const object = this.#store.state.document.objects.get(target ?? "");
    if (!object) return;
    const rle = subtract(object.rle, drawn);
    revise(this.#context, object.id, rle, t("Erase stroke"));
  }

  #show() {
    const { document, session } = this.#store.state;
    /** @type {import("../types.js").OverlayShape[]} */
    const shapes = [];
    if (this.#drawing) {
      const { stroke, target, erases } = this.#drawing;
      const color = paintColor(document, target, session.label);
      shapes.push({ kind: "stroke", target, erases, tiles: stroke.tiles, color });
    }
    if (this.#pointer) {
      const erases = this.#drawing?.erases ?? this.#erases(this.#pointer);
      const size = this.#drawing ? this.#size(this.#pointer) : session.brushSize;
      const { brushShape: shape } = session;
      shapes.push({ kind: "brush", at: this.#pointer.image, size, shape, erases });
    }
    this.#describe(shapes, `${Math.round(session.brushSize)} px`);
  }
}
