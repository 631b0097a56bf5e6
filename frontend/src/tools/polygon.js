/**
 * P: click corner after corner; Enter, a double click or a click on the first corner closes,
 * Backspace takes the last one back, Esc cancels. Closed with Alt held it cuts a piece out of the
 * selected object, otherwise it is a new one.
 */
import { fillPolygon } from "../geometry/polygon.js";
import { area } from "../geometry/rle.js";
import { subtract } from "../geometry/sets.js";
import { toScreen } from "../geometry/viewport.js";
import { addObject } from "../model/actions/addObject.js";
import { replaceMask } from "../model/actions/replaceMask.js";
import { newId } from "../model/ids.js";
import { editableSelection } from "./hits.js";

/** @typedef {import("../types.js").Point} Point */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").ToolHand} ToolHand */

const NEAR_PX = 10; // screen_px around a corner that count as the corner
const FEWEST = 3;

/** @type {Tool} */
export const polygon = {
  name: "polygon",
  title: "Polygon",
  hotkey: "P",
  draws: true,
  cursor: "crosshair",
  take: (context) => new PolygonHand(context),
};

/** @implements {ToolHand} */
class PolygonHand {
  #store;
  #services;
  #describe;
  /** @type {readonly Point[]} image_px */
  #points = [];
  /** @type {readonly Point[]} taken back, the next to come again last */
  #undone = [];
  /** @type {Point | null} */
  #pointer = null;

  /** @param {ToolContext} context */
  constructor({ store, services, describe }) {
    this.#store = store;
    this.#services = services;
    this.#describe = describe;
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
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    const onFirst = first !== undefined && this.#isNear(first, sample);
    const onLast = last !== undefined && this.#isNear(last, sample);
    if (this.#points.length >= FEWEST && (onFirst || onLast)) {
      this.#close(sample.alt);
    } else if (!onFirst && !onLast) {
      this.#points = [...this.#points, this.#insideImage(sample.image)];
      this.#undone = [];
    }
    this.#show();
  }

  /** @param {readonly PointerSample[]} samples */
  drag(samples) {
    this.#pointer = samples.at(-1)?.image ?? this.#pointer;
    this.#show();
  }

  cancel() {
    if (this.#points.length === 0) return false;
    this.#clear();
    return true;
  }

  /** @param {import("../types.js").KeySample} sample */
  key(sample) {
    if (sample.ctrl) return false;
    if (sample.key === "Backspace") return this.undo();
    if (sample.key !== "Enter" || this.#points.length === 0) return false;
    this.#close(sample.alt);
    return true;
  }

  undo() {
    const last = this.#points.at(-1);
    if (!last) return false;
    this.#points = this.#points.slice(0, -1);
    this.#undone = [...this.#undone, last];
    this.#show();
    return true;
  }

  redo() {
    const next = this.#undone.at(-1);
    if (!next) return false;
    this.#undone = this.#undone.slice(0, -1);
    this.#points = [...this.#points, next];
    this.#show();
    return true;
  }

  /** @param {boolean} cuts */
  #close(cuts) {
    const { document, session } = this.#store.state;
    const { width, height } = document.image;
    if (this.#points.length < FEWEST) {
      this.#services.notify("A polygon needs at least three corners.", "info");
      return;
    }
    const rle = fillPolygon(this.#points, [height, width]);
    const target = cuts ? editableSelection(this.#store.state) : null;
    if (area(rle) === 0) {
      this.#services.notify("The polygon holds no pixel.", "info");
    } else if (target) {
      const rest = subtract(target.rle, rle);
      this.#store.dispatch(replaceMask({ id: target.id, rle: rest, words: "Cut polygon" }));
    } else {
      const id = newId();
      this.#store.dispatch(addObject({ id, rle, label: session.label }));
      this.#store.update({ selection: [id] });
    }
    this.#clear();
  }

  #clear() {
    this.#points = [];
    this.#undone = [];
    this.#show();
  }

  /**
   * @param {Point} corner
   * @param {PointerSample} sample
   */
  #isNear(corner, sample) {
    const at = toScreen(this.#store.state.session.view, corner);
    return Math.hypot(at.x - sample.screen.x, at.y - sample.screen.y) <= NEAR_PX;
  }

  /** @param {Point} point a corner beyond the border is one on it */
  #insideImage({ x, y }) {
    const { width, height } = this.#store.state.document.image;
    return { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
  }

  #show() {
    if (this.#points.length === 0) {
      this.#describe([]);
      return;
    }
    const rubber = this.#pointer ? [...this.#points, this.#pointer] : this.#points;
    const count = this.#points.length;
    this.#describe(
      [
        { kind: "line", points: rubber, closed: false, vertices: false },
        { kind: "line", points: this.#points, closed: false, vertices: true },
      ],
      count === 1 ? "1 corner" : `${count} corners`,
    );
  }
}
