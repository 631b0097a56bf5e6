/**
 * U: the picture lies in pieces that end where colours do; a click or a drag over them adds them to
 * the selected object or a new one, with Alt or the right button takes them away. Alt+wheel and the
 * brackets make the pieces finer and coarser.
 */

import { cellAt } from "../geometry/frame.js";
import { maskOfPieces } from "../geometry/pieces.js";
import { area } from "../geometry/rle.js";
import { subtract, union } from "../geometry/sets.js";
import { t, tn } from "../texts.js";
import { paintColor } from "./colors.js";
import { paint, revise } from "./drawn.js";
import { editableSelection, topmostAt } from "./hits.js";
import { optionValue, turnByKey, turnOption } from "./options.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("../geometry/pieces.js").Pieces} Pieces */
/** @typedef {{pieces: Pieces, side: number, raster: Uint8ClampedArray}} Division */
/** @typedef {{way: PointerSample[], isOver: boolean}} Gesture */
/** @typedef {{taken: Set<number>, rle: Rle | null, erases: boolean, target: string | null, last: Point}} Sweep */

const LIMIT_CELLS = 1024 * 1024;
const LEAST_SIDE = 3; // cells; less than that is no piece
const BORDER = [255, 255, 255, 110];

/** @type {import("../types.js").RangeOption} */
const SIDE = {
  kind: "range",
  name: "superpixelSide",
  words: t("Granularity"),
  title: t("Side of a piece. [ finer, ] coarser, Alt+wheel"),
  first: 24,
  min: 6,
  max: 120,
  step: 2,
  unit: " px",
};

/** @type {import("../types.js").Tool} */
export const superpixelTool = {
  name: "superpixels",
  title: t("Superpixels"),
  hotkey: "U",
  draws: true,
  cursor: "crosshair",
  goal: "selected",
  options: [SIDE],
  gestures: [
    { keys: ["Click", "Drag"], words: t("Add the pieces under the pointer") },
    { keys: ["Alt", "Right click"], words: t("Take them away") },
    { keys: ["[", "]", "Alt+Wheel"], words: t("Granularity: finer, coarser") },
  ],
  take: (context) => new SuperpixelHand(context),
};

/** @implements {ToolHand} */
class SuperpixelHand {
  #context;
  #store;
  #describe;
  /** @type {Division | null} */
  #division = null;
  #isDividing = false;
  #isInHand = true;
  /** @type {Gesture[]} made before there were pieces, oldest first */
  #early = [];
  /** @type {Sweep | null} */
  #sweep = null;
  /** @type {PointerSample | null} */
  #pointer = null;
  #stop;

  /** @param {ToolContext} context */
  constructor(context) {
    this.#context = context;
    this.#store = context.store;
    this.#describe = context.describe;
    this.#stop = context.store.watch(
      ({ session }) => optionValue(session, SIDE),
      () => void this.#divide(),
    );
    void this.#divide();
  }

  disable() {
    this.#isInHand = false;
    this.#stop();
    if (this.#early.length > 0)
      this.#context.services.notify(
        t("The pieces were still being made: nothing was changed."),
        "warn",
      );
  }

  /** @param {PointerSample} sample */
  hover(sample) {
    this.#pointer = sample;
    void this.#divide();
    this.#show();
  }

  leave() {
    this.#pointer = null;
    this.#show();
  }

  /** @param {PointerSample} sample */
  down(sample) {
    this.#pointer = sample;
    if (!this.#division) {
      this.#early.push({ way: [sample], isOver: false });
      void this.#divide();
      return;
    }
    const state = this.#store.state;
    const erases = sample.alt || sample.eraser || !sample.primary;
    const target = editableSelection(state) ?? (erases ? topmostAt(state, sample.image) : null);
    if (erases && !target) {
      this.#context.services.notify(t("There is no object here to take from."), "info");
      return;
    }
    const id = target?.id ?? null;
    this.#sweep = { taken: new Set(), rle: null, erases, target: id, last: sample.image };
    this.#take(sample.image);
    this.#show();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    this.#early.at(-1)?.way.push(...samples);
    for (const sample of samples) this.#take(sample.image);
    this.#pointer = samples.at(-1) ?? this.#pointer;
    this.#show();
  }

  up() {
    const early = this.#early.at(-1);
    if (early) early.isOver = true;
    const sweep = this.#sweep;
    this.#sweep = null;
    if (sweep?.rle) this.#commit(sweep, sweep.rle);
    this.#show();
  }

  abort() {
    this.#early.pop();
    this.#sweep = null;
    this.#show();
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    return turnByKey(this.#store, SIDE, sample);
  }

  /** @param {number} steps */
  altWheel(steps) {
    turnOption(this.#store, SIDE, steps);
    return true;
  }

  /**
   * All pieces on the straight way since the last point.
   * @param {Point} to
   */
  #take(to) {
    const [sweep, division] = [this.#sweep, this.#division];
    if (!sweep || !division) return;
    const { last } = sweep;
    const { frame, labels } = division.pieces;
    const steps = Math.max(
      Math.ceil(Math.hypot(to.x - last.x, to.y - last.y) / (2 * frame.step)),
      1,
    );
    /** @type {number[]} */
    const fresh = [];
    for (let step = 1; step <= steps; step += 1) {
      const x = last.x + ((to.x - last.x) * step) / steps;
      const y = last.y + ((to.y - last.y) * step) / steps;
      const label = labels[cellAt(frame, { x, y })];
      if (label === undefined || sweep.taken.has(label)) continue;
      sweep.taken.add(label);
      fresh.push(label);
    }
    sweep.last = to;
    if (fresh.length === 0) return;
    const mask = this.#maskOf(division, fresh);
    sweep.rle = sweep.rle ? union(sweep.rle, mask) : mask;
  }

  /**
   * @param {Division} division
   * @param {readonly number[]} numbers
   */
  #maskOf({ pieces }, numbers) {
    const { width, height } = this.#store.state.document.image;
    return maskOfPieces(pieces, numbers, [height, width]);
  }

  /**
   * @param {Sweep} sweep
   * @param {Rle} rle
   */
  #commit({ erases, target }, rle) {
    if (!erases) {
      paint(this.#context, rle, target, t("Add superpixels"));
      return;
    }
    const object = this.#store.state.document.objects.get(target ?? "");
    if (!object) return;
    const rest = subtract(object.rle, rle);
    revise(this.#context, object.id, rest, t("Take superpixels away"));
  }

  /** Divide what is seen, and again if another granularity or place is wanted by then. */
  async #divide() {
    if (this.#isDividing) return;
    this.#isDividing = true;
    try {
      while (this.#isInHand && !(await this.#isCurrent())) await this.#divideOnce();
    } catch (error) {
      this.#early = [];
      this.#context.services.notify(
        error instanceof Error ? error.message : String(error),
        "error",
      );
    } finally {
      this.#isDividing = false;
      if (this.#isInHand) this.#store.update({ busy: false });
    }
    if (this.#isInHand) this.#show();
  }

  async #isCurrent() {
    if (this.#sweep) return true; // not under the moving pointer
    const frame = await this.#context.services.pixels.frame(LIMIT_CELLS);
    return this.#division?.pieces.frame === frame && this.#division.side === this.#side();
  }

  async #divideOnce() {
    const side = this.#side();
    if (!this.#division || this.#division.side !== side) this.#store.update({ busy: true });
    const { pixels } = this.#context.services;
    const frame = await pixels.frame(LIMIT_CELLS);
    const cells = Math.max(Math.round(side / frame.step), LEAST_SIDE);
    const { borders, ...pieces } = await pixels.ask("superpixels", { side: cells });
    if (this.#sweep || !this.#isInHand) return;
    this.#division = { pieces: { ...pieces, frame }, side, raster: rasterOf(borders) };
    for (const gesture of this.#early.splice(0)) this.#catchUp(gesture);
  }

  /** @param {Gesture} gesture */
  #catchUp({ way: [first, ...rest], isOver }) {
    if (first) this.down(first);
    this.drag(rest);
    if (isOver) this.up();
  }

  #side() {
    return optionValue(this.#store.state.session, SIDE);
  }

  #show() {
    const division = this.#division;
    if (!division) {
      this.#describe([], t("Making pieces"));
      return;
    }
    /** @type {import("../types.js").OverlayShape[]} */
    const shapes = [{ kind: "raster", frame: division.pieces.frame, rgba: division.raster }];
    const rle = this.#sweep?.rle ?? this.#underPointer(division);
    if (rle && area(rle) > 0) {
      const { document, session } = this.#store.state;
      const target = this.#sweep?.target ?? editableSelection(this.#store.state)?.id ?? null;
      const color = this.#sweep?.erases ? ERASED : paintColor(document, target, session.label);
      shapes.push({ kind: "preview", rle, color, choices: 0 });
    }
    const count = division.pieces.starts.length - 1;
    this.#describe(shapes, tn("{count} piece", "{count} pieces", count));
  }

  /** @param {Division} division */
  #underPointer(division) {
    if (!this.#pointer) return null;
    const { frame, labels } = division.pieces;
    const label = labels[cellAt(frame, this.#pointer.image)];
    return label === undefined ? null : this.#maskOf(division, [label]);
  }
}

const ERASED = "#1c2128";

/** @param {Uint8Array} borders */
function rasterOf(borders) {
  const rgba = new Uint8ClampedArray(4 * borders.length);
  borders.forEach((border, at) => {
    if (border) rgba.set(BORDER, 4 * at);
  });
  return rgba;
}
