/**
 * J: scribble a little on each class, and a classifier learns the rest of the picture, stroke by
 * stroke. The label in hand is the class; Alt or the right button scribbles background. What it is
 * unsure of can be shown: that is where the next stroke teaches most. Enter makes objects of it.
 */

import { wholeFrame } from "../geometry/frame.js";
import { TiledStroke } from "../geometry/raster.js";
import { addObjects } from "../model/actions/addObjects.js";
import { labelById } from "../model/document.js";
import { t } from "../texts.js";
import { brushSizeKey, scaledBrush } from "./brushSize.js";
import { optionValue } from "./options.js";
import { objectsFrom } from "./scribbleObjects.js";
import { BACKGROUND, rasterOf } from "./scribbleRaster.js";
import { lessonOf } from "./scribbleStrokes.js";
import { DROP_SIZE } from "./tidyOptions.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("../geometry/frame.js").Frame} Frame */
/** @typedef {import("./scribbleStrokes.js").Scribble} Scribble */
/** @typedef {import("./scribbleRaster.js").Verdict} Verdict */
/** @typedef {{frame: Frame, labels: readonly (number | null)[], verdict: Verdict, certain: number, of: readonly Scribble[], sigma: number}} Learned certain: 0..1, of all cells */

const LIMIT_CELLS = 1024 * 1024;

/** @type {import("../types.js").ChoiceOption} */
const SHOWS = {
  kind: "choice",
  name: "scribbleShows",
  words: t("What is shown"),
  title: t("The classes, or how unsure the classifier is: scribble where it is bright"),
  first: "classes",
  choices: [
    ["classes", t("Classes")],
    ["doubt", t("Uncertainty")],
  ],
};

/** @type {import("../types.js").RangeOption} */
const SMOOTHING = {
  kind: "range",
  name: "scribbleSmoothing",
  words: t("Smoothing"),
  title: t("How far single pixels are talked over by those around"),
  first: 2,
  min: 0,
  max: 12,
  step: 1,
  unit: " px",
};

/** @type {import("../types.js").SwitchOption} */
const PIECES = {
  kind: "switch",
  name: "scribblePieces",
  words: t("Piece by piece"),
  title: t("Each piece of a thing becomes an object of its own"),
  first: true,
};

/** @type {import("../types.js").Tool} */
export const scribble = {
  name: "scribble",
  title: t("Scribbles"),
  hotkey: "J",
  draws: true,
  cursor: "none",
  sized: true,
  accepts: t("Make objects"),
  options: [SHOWS, SMOOTHING, PIECES, DROP_SIZE],
  gestures: [
    { keys: ["Drag"], words: t("Scribble on the class of the label in hand (digits change it)") },
    { keys: ["Alt", "Right button"], words: t("Scribble on the background") },
    { keys: ["Enter"], words: t("Make objects of what was learned") },
    { keys: ["Backspace"], words: t("Take the last scribble back") },
    { keys: ["[", "]", "Alt+Wheel"], words: t("Size") },
  ],
  take: (context) => new ScribbleHand(context),
};

/**
 * Scribbles outlast another tool in between; an image that is left forgets them.
 * @type {WeakMap<object, readonly Scribble[]>}
 */
const kept = new WeakMap();

/** @implements {ToolHand} */
class ScribbleHand {
  #context;
  #store;
  /** @type {readonly Scribble[]} */
  #scribbles;
  /** @type {readonly Scribble[]} */
  #undone = [];
  /** @type {{stroke: TiledStroke, label: number | null} | null} */
  #drawing = null;
  /** @type {Point | null} */
  #last = null;
  /** @type {PointerSample | null} */
  #pointer = null;
  /** @type {Learned | null} */
  #learned = null;
  /** @type {{key: readonly unknown[], rgba: Uint8ClampedArray, frame: Frame} | null} */
  #raster = null;
  #isLearning = false;
  #isInHand = true;
  #stop;

  /** @param {ToolContext} context */
  constructor(context) {
    this.#context = context;
    this.#store = context.store;
    this.#scribbles = kept.get(context.store) ?? [];
    this.#stop = context.store.watch(
      ({ session }) => session.options,
      () => void this.#learn(),
    );
    if (this.#scribbles.length > 0) void this.#learn();
  }

  disable() {
    this.#isInHand = false;
    this.#stop();
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
    const { document, session } = this.#store.state;
    const isGround = sample.alt || sample.eraser || !sample.primary;
    if (!isGround && session.label === null) {
      this.#context.services.notify(t("Choose a label first: press a digit."), "warn");
      return;
    }
    const { brushSize: size, brushShape: shape } = session;
    const stroke = new TiledStroke(document.image, { size, shape });
    stroke.line(sample.image, sample.image);
    this.#last = sample.image;
    this.#drawing = { stroke, label: isGround ? null : session.label };
    this.#show();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    this.#pointer = samples.at(-1) ?? this.#pointer;
    if (this.#drawing) {
      for (const { image } of samples) {
        this.#drawing.stroke.line(this.#last ?? image, image);
        this.#last = image;
      }
    }
    this.#show();
  }

  up() {
    const drawing = this.#drawing;
    this.#drawing = null;
    if (!drawing || drawing.stroke.tiles.length === 0) return;
    this.#undone = [];
    this.#keep([...this.#scribbles, { label: drawing.label, tiles: drawing.stroke.tiles }]);
  }

  abort() {
    this.#drawing = null;
    this.#show();
  }

  cancel() {
    if (this.#scribbles.length === 0) return false;
    this.#undone = [];
    this.#keep([]);
    return true;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    if (sample.ctrl) return false;
    const size = brushSizeKey(sample, this.#store.state.session.brushSize);
    if (size !== null) return this.#resize(size);
    if (sample.key === "Backspace") return this.undo();
    if (sample.key !== "Enter" || this.#scribbles.length === 0) return false;
    void this.#accept();
    return true;
  }

  /** @param {number} steps */
  altWheel(steps) {
    return this.#resize(scaledBrush(this.#store.state.session.brushSize, steps));
  }

  undo() {
    const last = this.#scribbles.at(-1);
    if (!last) return false;
    this.#undone = [...this.#undone, last];
    this.#keep(this.#scribbles.slice(0, -1));
    return true;
  }

  redo() {
    const next = this.#undone.at(-1);
    if (!next) return false;
    this.#undone = this.#undone.slice(0, -1);
    this.#keep([...this.#scribbles, next]);
    return true;
  }

  /** @param {number} size */
  #resize(size) {
    const { width, height } = this.#store.state.document.image;
    this.#store.update({ brushSize: Math.min(size, 2 * Math.max(width, height)) });
    this.#show();
    return true;
  }

  /** @param {readonly Scribble[]} scribbles */
  #keep(scribbles) {
    this.#scribbles = scribbles;
    kept.set(this.#store, scribbles);
    if (scribbles.length === 0) this.#learned = null;
    this.#show();
    void this.#learn();
  }

  #sigma() {
    return optionValue(this.#store.state.session, SMOOTHING);
  }

  /** Learn until what is known is of the last scribble; those in between are passed over. */
  async #learn() {
    if (this.#isLearning) return;
    this.#isLearning = true;
    try {
      while (this.#isInHand && !this.#isCurrent()) {
        this.#store.update({ busy: true });
        this.#learned = await this.#learnOnce();
        if (this.#isInHand) this.#show();
      }
    } catch (error) {
      this.#context.services.notify(
        error instanceof Error ? error.message : String(error),
        "error",
      );
    } finally {
      this.#isLearning = false;
      if (this.#isInHand) this.#store.update({ busy: false });
    }
    if (this.#isInHand) this.#show();
  }

  #isCurrent() {
    if (new Set(this.#scribbles.map(({ label }) => label)).size < 2) {
      this.#learned = null;
      return true;
    }
    return this.#learned?.of === this.#scribbles && this.#learned.sigma === this.#sigma();
  }

  /** @returns {Promise<Learned>} */
  async #learnOnce() {
    const { pixels, embedding } = this.#context.services;
    const [of, sigma] = [this.#scribbles, this.#sigma()];
    const frame = await pixels.whole(LIMIT_CELLS);
    const { labels, cells, classes } = lessonOf(of, frame);
    if (this.#learned?.of !== of || this.#learned.frame !== frame) {
      const known = (await embedding?.()) ?? null;
      await pixels.ask("learn", { cells, classes, count: labels.length, embedding: known });
    }
    const verdict = await pixels.ask("verdict", { sigma: sigma / frame.step });
    return { frame, labels, verdict, certain: certainty(verdict), of, sigma };
  }

  async #accept() {
    const { services } = this.#context;
    await this.#learn();
    const learned = this.#learned;
    if (this.#isLearning || learned?.of !== this.#scribbles) {
      services.notify(
        this.#isLearning ? t("It is still learning.") : t("Scribble on two classes at least."),
        "info",
      );
      return;
    }
    const least = optionValue(this.#store.state.session, DROP_SIZE);
    const sigma = learned.sigma / learned.frame.step;
    try {
      const { masks } = await services.pixels.ask("learnedMasks", { sigma, least });
      if (learned.of === this.#scribbles) this.#make(learned.labels, masks);
    } catch (error) {
      services.notify(error instanceof Error ? error.message : String(error), "error");
    }
  }

  /**
   * @param {readonly (number | null)[]} labels
   * @param {readonly Rle[]} masks
   */
  #make(labels, masks) {
    const { session } = this.#store.state;
    const least = optionValue(session, DROP_SIZE);
    const isParted = optionValue(session, PIECES);
    const found = objectsFrom(this.#store.state, labels, masks, { least, isParted });
    if (found.length === 0) {
      this.#context.services.notify(t("Nothing was found on free pixels."), "info");
      return;
    }
    this.#store.dispatch(
      addObjects({ objects: found, words: t("Add {count} by scribbles", { count: found.length }) }),
    );
    this.cancel();
  }

  #show() {
    const { document, session } = this.#store.state;
    const colorOf = (/** @type {number | null} */ label) =>
      label === null ? BACKGROUND : (labelById(document, label)?.color ?? BACKGROUND);
    /** @type {import("../types.js").OverlayShape[]} */
    const shapes = [];
    const raster = this.#rasterNow(colorOf);
    if (raster) shapes.push({ kind: "raster", frame: raster.frame, rgba: raster.rgba });
    if (this.#drawing) {
      const { stroke, label } = this.#drawing;
      const color = colorOf(label);
      const { tiles } = stroke;
      shapes.push({ kind: "stroke", target: null, erases: false, tiles, color });
    }
    if (this.#pointer) {
      const { brushSize: size, brushShape: shape } = session;
      const erases = this.#pointer.alt || !this.#pointer.primary;
      shapes.push({ kind: "brush", at: this.#pointer.image, size, shape, erases });
    }
    this.#context.describe(shapes, this.#words());
  }

  /** @param {(label: number | null) => string} colorOf */
  #rasterNow(colorOf) {
    if (this.#scribbles.length === 0) return null;
    const { document, session } = this.#store.state;
    const learned = this.#learned;
    const shows = optionValue(session, SHOWS);
    const key = [this.#scribbles, learned, shows, document.labels];
    if (this.#raster && key.every((part, at) => part === this.#raster?.key[at]))
      return this.#raster;
    const frame = learned?.frame ?? wholeFrame(document.image, LIMIT_CELLS);
    const colors = (learned?.labels ?? []).map(colorOf);
    const look = { colors, colorOf, shows };
    const rgba = rasterOf(frame, learned?.verdict ?? null, this.#scribbles, look);
    this.#raster = { key, rgba, frame };
    return this.#raster;
  }

  #words() {
    if (this.#scribbles.length === 0) return t("Scribble on each class; Alt: background");
    const labels = new Set(this.#scribbles.map(({ label }) => label));
    if (labels.size < 2) return t("One class more: another label, or Alt for the background");
    if (!this.#learned) return t("Learning");
    return t("{classes} classes, {percent} % certain", {
      classes: labels.size,
      percent: Math.round(100 * this.#learned.certain),
    });
  }
}

/** @param {Verdict} verdict */
function certainty({ doubt }) {
  let sum = 0;
  for (const value of doubt) sum += value;
  return 1 - sum / (255 * Math.max(doubt.length, 1));
}
