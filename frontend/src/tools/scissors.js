/**
 * I: magnetic scissors. Click along an outline; between the clicks the line follows the edges of the
 * picture. With Ctrl a stretch is straight. Enter, a double click or a click on the first point
 * closes, Backspace takes the last stretch back.
 */

import { cellAt, middleOf } from "../geometry/frame.js";
import { nearestEdge, wayTo } from "../geometry/livewire.js";
import { fillRings, ringOf } from "../geometry/rings.js";
import { t } from "../texts.js";
import { finishShape, SHAPE_GESTURES } from "./drawn.js";
import { closesAt, isAgain } from "./near.js";
import { optionValue, turnByKey, turnOption } from "./options.js";
import { Trail } from "./trail.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("../geometry/frame.js").Frame} Frame */
/** @typedef {{frame: Frame, costs: Uint8Array}} Edges */
/** @typedef {{from: Point, frame: Frame, ways: Uint8Array}} Wire */

const LIMIT_CELLS = 1024 * 1024;

/** @type {import("../types.js").RangeOption} */
const SNAP = {
  kind: "range",
  name: "scissorsSnap",
  words: t("Snap"),
  title: t("How far a click looks for an edge. [ less, ] more, Alt+wheel"),
  first: 8,
  min: 0,
  max: 40,
  step: 1,
  unit: " px",
};

/** @type {import("../types.js").Tool} */
export const scissors = {
  name: "scissors",
  title: t("Magnetic scissors"),
  hotkey: "I",
  draws: true,
  cursor: "crosshair",
  options: [SNAP],
  gestures: [
    { keys: ["Click"], words: t("Next point; the line between follows the edges") },
    { keys: ["Ctrl+Click"], words: t("Straight to this point") },
    { keys: ["Enter", "Double click"], words: t("Close (or click on the first point)") },
    { keys: ["Backspace"], words: t("Take the last stretch back") },
    { keys: ["[", "]", "Alt+Wheel"], words: t("How far a click looks for an edge") },
    ...SHAPE_GESTURES,
  ],
  take: (context) => new ScissorsHand(context),
};

/** @implements {ToolHand} */
class ScissorsHand {
  #context;
  #store;
  #services;
  /** @type {Edges | null} */
  #edges = null;
  /** @type {Wire | null} of the last point */
  #wire = null;
  /** @type {Trail<readonly Point[]>} each stretch ends with the point that was clicked */
  #trail = new Trail();
  /** @type {Point | undefined} image_px where the last click was; its point may lie on an edge */
  #clicked;
  /** @type {PointerSample | null} */
  #pointer = null;
  /** Clicks are worked off one after the other, each once the wire of the one before is there. */
  #turn = Promise.resolve();
  #visit = 0; // counts up when what is under way is no longer wanted

  /** @param {ToolContext} context */
  constructor(context) {
    this.#context = context;
    this.#store = context.store;
    this.#services = context.services;
    this.#queue(() => this.#prepare());
  }

  disable() {
    this.#visit += 1;
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
    if (!sample.primary) return;
    this.#pointer = sample;
    this.#queue(() => this.#click(sample));
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    this.#pointer = samples.at(-1) ?? this.#pointer;
    this.#show();
  }

  cancel() {
    if (this.#trail.steps.length === 0) return false;
    this.#clear();
    return true;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    if (turnByKey(this.#store, SNAP, sample)) return true;
    if (sample.ctrl || this.#trail.steps.length === 0) return false;
    if (sample.key === "Backspace") return this.undo();
    if (sample.key !== "Enter") return false;
    this.#queue(() => this.#close(sample));
    return true;
  }

  /** @param {number} steps */
  altWheel(steps) {
    turnOption(this.#store, SNAP, steps);
    return true;
  }

  undo() {
    return this.#went(this.#trail.undo());
  }

  redo() {
    return this.#went(this.#trail.redo());
  }

  /** @param {boolean} isDone whether the last point is another one now */
  #went(isDone) {
    if (!isDone) return false;
    this.#clicked = undefined;
    this.#queue(() => this.#spin());
    this.#show();
    return true;
  }

  /** @param {() => Promise<void>} deed dropped when what was drawn is given up before its turn */
  #queue(deed) {
    const visit = this.#visit;
    this.#turn = this.#turn.then(async () => {
      if (visit !== this.#visit) return;
      try {
        this.#store.update({ busy: true });
        await deed();
      } catch (error) {
        this.#services.notify(error instanceof Error ? error.message : String(error), "error");
      } finally {
        if (visit === this.#visit) {
          this.#store.update({ busy: false });
          this.#show();
        }
      }
    });
  }

  /** @returns {Promise<void>} once the edges of what is seen are known */
  async #prepare() {
    const frame = await this.#services.pixels.frame(LIMIT_CELLS);
    if (this.#edges?.frame === frame) return;
    const { costs } = await this.#services.pixels.ask("edges", null);
    this.#edges = { frame, costs };
  }

  /** @param {PointerSample} sample */
  async #click(sample) {
    await this.#prepare();
    const { view } = this.#store.state.session;
    const { steps } = this.#trail;
    const isLast = steps.length > 0 && isAgain(view, this.#clicked, sample);
    if (steps.length > 1 && (isLast || closesAt(view, steps[0]?.at(-1), sample))) {
      await this.#close(sample);
      return;
    }
    if (isLast) return;
    this.#clicked = sample.image;
    this.#trail.add(this.#stretchTo(sample.image, sample.ctrl));
    await this.#spin();
  }

  /** Have the cheapest ways from the last point. */
  async #spin() {
    const from = this.#trail.last?.at(-1);
    this.#wire = null;
    if (!from) return;
    const visit = this.#visit;
    const frame = await this.#services.pixels.frame(LIMIT_CELLS);
    const seed = cellAt(frame, from);
    if (seed === -1) return; // the last point is out of sight: straight on
    const { ways } = await this.#services.pixels.ask("wire", { seed });
    if (visit === this.#visit) this.#wire = { from, frame, ways };
  }

  /**
   * @param {Point} to image_px
   * @param {boolean} isStraight
   * @returns {Point[]} from after the last point to the new one
   */
  #stretchTo(to, isStraight) {
    const { width, height } = this.#store.state.document.image;
    const inside = {
      x: Math.min(Math.max(to.x, 0), width - 0.5),
      y: Math.min(Math.max(to.y, 0), height - 0.5),
    };
    if (isStraight) return [inside];
    return this.#wayTo(this.#snapped(inside));
  }

  /** @param {Point} point */
  #snapped(point) {
    const edges = this.#edges;
    const cell = edges ? cellAt(edges.frame, point) : -1;
    if (!edges || cell === -1) return point;
    const reach = Math.round(optionValue(this.#store.state.session, SNAP) / edges.frame.step);
    return middleOf(edges.frame, nearestEdge(edges.costs, edges.frame, cell, reach));
  }

  /** @param {Point} to */
  #wayTo(to) {
    const wire = this.#wire;
    const last = this.#trail.last?.at(-1);
    const cell = wire && wire.from === last ? cellAt(wire.frame, to) : -1;
    if (!wire || cell === -1) return [to];
    const [, ...cells] = wayTo(wire.ways, wire.frame.width, cell);
    return cells.length > 0 ? cells.map((each) => middleOf(wire.frame, each)) : [to];
  }

  /** @param {{shift: boolean, alt: boolean}} held */
  async #close({ shift, alt }) {
    const first = this.#trail.steps[0]?.at(-1);
    if (!first || this.#trail.steps.length < 2) {
      this.#services.notify(t("An outline needs at least two points."), "info");
      return;
    }
    const points = [...this.#trail.steps.flat(), ...this.#wayTo(first)];
    const { width, height } = this.#store.state.document.image;
    const rle = fillRings([ringOf(points)], [height, width], "nonzero");
    if (finishShape(this.#context, rle, { shift, alt, noun: t("Outline") })) this.#clear();
  }

  #clear() {
    this.#visit += 1;
    this.#trail.clear();
    this.#wire = null;
    this.#store.update({ busy: false });
    this.#show();
  }

  #show() {
    const anchors = this.#trail.steps.flatMap((stretch) => stretch.slice(-1));
    if (anchors.length === 0) {
      this.#context.describe([]);
      return;
    }
    const rubber = this.#pointer ? this.#stretchTo(this.#pointer.image, this.#pointer.ctrl) : [];
    const points = [...this.#trail.steps.flat(), ...rubber];
    this.#context.describe(
      [
        { kind: "line", points, closed: false, vertices: false },
        { kind: "knots", points: anchors, active: anchors[0] ?? null, ghost: null },
      ],
      anchors.length === 1 ? t("1 point") : t("{count} points", { count: anchors.length }),
    );
  }
}
