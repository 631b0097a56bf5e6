/**
 * S: clicks and boxes become masks. Left is inside, right or Alt (or a long press) outside, a drag
 * is a box, a click on a point removes it. Backspace takes the last click back, Tab goes through
 * the candidates, Enter or N accepts the one shown, Esc cancels. With Ctrl held clicks are collected
 * and asked about on release.
 *
 * What was clicked is a value, and every click keeps the one before it with its answer, so that
 * taking back asks nobody.
 */
import { boxBetween } from "../geometry/box.js";
import { area } from "../geometry/rle.js";
import { toScreen } from "../geometry/viewport.js";
import { addObject } from "../model/actions/addObject.js";
import { newId } from "../model/ids.js";
import { paintColor } from "./colors.js";
import { Predictions } from "./predictions.js";

/** @typedef {import("../types.js").Candidate} Candidate */
/** @typedef {import("../types.js").BoxXyxy} BoxXyxy */
/** @typedef {import("../types.js").KeySample} KeySample */
/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {{readonly at: Point, readonly positive: boolean}} Click */
/**
 * @typedef {Object} Clicks
 * @property {readonly Click[]} points
 * @property {BoxXyxy | null} box
 * @property {readonly Candidate[] | null} candidates null until they are known
 * @property {number} chosen index of the candidate shown
 * @property {string | null} logits of the answer that this click refines
 */

const DRAG_PX = 5; // screen_px; less is a click
const POINT_PX = 10; // screen_px around a point that count as the point

/** @type {Clicks} */
const NO_CLICKS = Object.freeze({
  points: [],
  box: null,
  candidates: null,
  chosen: 0,
  logits: null,
});

/** @type {Tool} */
export const smart = {
  name: "smart",
  title: "Smart",
  hotkey: "S",
  draws: true,
  cursor: "crosshair",
  take: (context) => new SmartHand(context),
};

/** @implements {ToolHand} */
class SmartHand {
  #store;
  #services;
  #describe;
  #predictions;
  #now = NO_CLICKS;
  /** @type {readonly Clicks[]} */
  #past = [];
  /** @type {readonly Clicks[]} */
  #future = [];
  /** @type {PointerSample | null} */
  #pressed = null;
  /** @type {BoxXyxy | null} */
  #rubber = null;
  #collects = false;

  /** @param {ToolContext} context */
  constructor({ store, services, describe }) {
    this.#store = store;
    this.#services = services;
    this.#describe = describe;
    this.#predictions = new Predictions(services.predict, {
      answer: (candidates) => this.#answer(candidates),
      fail: (error) => services.notify(error.message, "error"),
      busy: (busy) => store.update({ busy }),
    });
  }

  disable() {
    this.#predictions.forget();
  }

  /** @param {PointerSample} sample */
  down(sample) {
    this.#pressed = sample;
    this.#rubber = null;
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    const last = samples.at(-1);
    if (!last || !this.#pressed?.primary) return;
    if (!this.#rubber && distance(last.screen, this.#pressed.screen) < DRAG_PX) return;
    const { image } = this.#store.state.document;
    this.#rubber = boxBetween(this.#pressed.image, last.image, image);
    this.#show();
  }

  /** @param {PointerSample} sample */
  up(sample) {
    const pressed = this.#pressed;
    const rubber = this.#rubber;
    this.abort();
    if (!pressed) return;
    this.#collects = sample.ctrl;
    if (rubber) this.#advance({ ...this.#now, box: rubber, logits: null });
    else this.#click(pressed);
  }

  abort() {
    this.#pressed = null;
    this.#rubber = null;
    this.#show();
  }

  cancel() {
    if (this.#isEmpty()) return false;
    this.#clear();
    return true;
  }

  /** @param {KeySample} sample */
  key(sample) {
    if (sample.ctrl || sample.alt) return false;
    if (sample.key === "Enter" || sample.key === "n") return this.#accept();
    if (sample.key === "Backspace") return this.undo();
    return sample.key === "Tab" && this.#choose(sample.shift ? -1 : 1);
  }

  /** @param {KeySample} sample */
  keyUp(sample) {
    const released = sample.key === "Control" || sample.key === "Meta";
    if (!released || !this.#collects) return false;
    this.#collects = false;
    this.#ask();
    return true;
  }

  undo() {
    const before = this.#past.at(-1);
    if (!before) return false;
    this.#future = [...this.#future, this.#now];
    this.#past = this.#past.slice(0, -1);
    this.#return(before);
    return true;
  }

  redo() {
    const after = this.#future.at(-1);
    if (!after) return false;
    this.#past = [...this.#past, this.#now];
    this.#future = this.#future.slice(0, -1);
    this.#return(after);
    return true;
  }

  /** @param {PointerSample} sample */
  #click(sample) {
    const { document, session } = this.#store.state;
    const { points } = this.#now;
    const hit = points.find(
      ({ at }) => distance(toScreen(session.view, at), sample.screen) <= POINT_PX,
    );
    if (hit) {
      const rest = points.filter((each) => each !== hit);
      this.#advance({ ...this.#now, points: rest, logits: null });
      return;
    }
    const { x, y } = sample.image;
    if (x < 0 || y < 0 || x >= document.image.width || y >= document.image.height) return;
    const positive = sample.primary && !sample.alt;
    const logits = this.#now.candidates?.[this.#now.chosen]?.logits ?? null;
    this.#advance({ ...this.#now, points: [...points, { at: { x, y }, positive }], logits });
  }

  /** @param {Clicks} clicks a step further; what was clicked before can be returned to */
  #advance(clicks) {
    this.#past = [...this.#past, this.#now];
    this.#future = [];
    // The old preview stays until the answer comes: a mask that blinks is harder to judge.
    this.#now = clicks;
    if (this.#collects) this.#predictions.forget();
    else this.#ask();
    this.#show();
  }

  /** @param {Clicks} clicks one that was there before */
  #return(clicks) {
    this.#now = clicks;
    this.#predictions.forget();
    if (clicks.candidates === null) this.#ask();
    this.#show();
  }

  #ask() {
    const { points, box, logits } = this.#now;
    if (points.length === 0 && !box) {
      this.#predictions.forget();
      this.#now = NO_CLICKS;
      return;
    }
    this.#predictions.ask({
      points: points.map(({ at, positive }) => [at.x, at.y, positive ? 1 : 0]),
      box,
      mask: null,
      logits,
      // One prompt may mean the part or the whole; several say it.
      multimask: points.length + (box ? 1 : 0) === 1,
    });
  }

  /** @param {readonly Candidate[]} candidates */
  #answer(candidates) {
    this.#now = { ...this.#now, candidates, chosen: 0 };
    if (candidates.length === 0) this.#services.notify("Nothing was found there.", "info");
    this.#show();
  }

  /** @param {1 | -1} step */
  #choose(step) {
    const count = this.#now.candidates?.length ?? 0;
    if (count === 0) return !this.#isEmpty();
    this.#now = { ...this.#now, chosen: (this.#now.chosen + step + count) % count };
    this.#show();
    return true;
  }

  #accept() {
    if (this.#isEmpty()) return false;
    if (this.#store.state.session.busy) {
      this.#services.notify("The mask is still being made.", "info");
      return true;
    }
    const candidate = this.#now.candidates?.[this.#now.chosen];
    if (!candidate || area(candidate.rle) === 0) {
      this.#services.notify("There is no mask to accept.", "info");
      return true;
    }
    const id = newId();
    const { rle, score, stability, model } = candidate;
    const { label } = this.#store.state.session;
    this.#store.dispatch(addObject({ id, rle, label, source: "model", score, stability, model }));
    this.#store.update({ selection: [id] });
    this.#clear();
    return true;
  }

  #clear() {
    this.#predictions.forget();
    this.#now = NO_CLICKS;
    this.#past = [];
    this.#future = [];
    this.#collects = false;
    this.#show();
  }

  #isEmpty() {
    return this.#now === NO_CLICKS && this.#past.length === 0;
  }

  #show() {
    const { document, session } = this.#store.state;
    const { points, box, candidates, chosen } = this.#now;
    /** @type {import("../types.js").OverlayShape[]} */
    const shapes = [];
    const candidate = candidates?.[chosen];
    const color = paintColor(document, null, session.label);
    const choices = candidates?.length ?? 0;
    if (candidate) shapes.push({ kind: "preview", rle: candidate.rle, color, choices });
    const drawn = this.#rubber ?? box;
    if (drawn) shapes.push({ kind: "box", box: drawn, dashed: true });
    points.forEach(({ at, positive }, index) => {
      shapes.push({ kind: "point", at, positive, newest: index === points.length - 1 });
    });
    this.#describe(shapes, candidate ? statusOf(candidate, chosen, choices) : "");
  }
}

/**
 * @param {Candidate} candidate
 * @param {number} chosen
 * @param {number} count
 */
function statusOf(candidate, chosen, count) {
  const place = count > 1 ? `${chosen + 1} of ${count}, ` : "";
  return `${place}score ${candidate.score.toFixed(2)}`;
}

/**
 * @param {Point} a
 * @param {Point} b
 */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
