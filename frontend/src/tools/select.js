/**
 * V: point at objects and pick them. Shift adds and takes away; a drag moves the picture, or by a
 * handle pulls the object selected last (Shift: in proportion); Tab walks through the objects,
 * arrows nudge the picked ones by a pixel (Shift: ten) or else pan.
 */

import { area } from "../geometry/rle.js";
import { stretched } from "../geometry/stretch.js";
import { keepInSight, panBy } from "../geometry/viewport.js";
import { moveObject } from "../model/actions/moveObject.js";
import { paintOrder } from "../model/document.js";
import { keepersOf } from "../model/overlap.js";
import { number, t } from "../texts.js";
import { paintColor } from "./colors.js";
import { reshape } from "./drawn.js";
import { cursorOf, handleAt, pulled } from "./handles.js";
import { editableSelection, topmostAt } from "./hits.js";
import { pan } from "./pan.js";

/** @typedef {import("../types.js").KeySample} KeySample */
/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {import("./handles.js").Handle} Handle */

const DRAG_PX = 4; // screen_px; less is a click by an unsteady hand
const FAR = 10;
const PAN_PX = 48;

/** @type {Readonly<Record<string, readonly [number, number]>>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @type {Tool} */
export const select = {
  name: "select",
  title: t("Select"),
  hotkey: "V",
  draws: false,
  cursor: "default",
  gestures: [
    { keys: ["Click", "Shift+Click"], words: t("Pick an object; one more, one less") },
    { keys: ["Drag"], words: t("Move the picture; a handle pulls the selected object") },
    { keys: ["Shift+Drag"], words: t("A handle keeps width and height in proportion") },
  ],
  take(context) {
    const { store } = context;
    const panHand = pan.take(context);
    const pull = new Pull(context);
    /** @type {PointerSample | null} */
    let pressed = null;
    let drags = false;
    return {
      hover(sample) {
        store.update({ hover: topmostAt(store.state, sample.image)?.id ?? null });
        pull.hover(sample);
      },
      down(sample) {
        pressed = sample;
        drags = false;
        if (!pull.begin(sample)) panHand.down?.(sample);
      },
      drag(samples) {
        const last = samples.at(-1);
        if (!last || !pressed) return;
        drags ||= distance(last, pressed) >= DRAG_PX;
        if (!drags) return;
        if (pull.isHeld) pull.to(last);
        else panHand.drag?.(samples);
      },
      up(sample) {
        if (pressed && !drags) pick(store, pressed);
        pressed = null;
        pull.end();
        panHand.up?.(sample);
      },
      pans: () => drags && !pull.isHeld,
      abort() {
        pressed = null;
        pull.abort();
        panHand.abort?.();
      },
      key(sample) {
        if (sample.ctrl || sample.alt) return false;
        if (sample.key === "Tab") return walk(store, sample.shift ? -1 : 1);
        return arrow(store, sample);
      },
    };
  },
};

/** A handle of the selected object under way: what it would make shows, lifting makes it. */
class Pull {
  #context;
  /** @type {{from: PointerSample, object: Readonly<MaskObject>, handle: Handle, made: Rle | null} | null} */
  #held = null;

  /** @param {ToolContext} context */
  constructor(context) {
    this.#context = context;
  }

  get isHeld() {
    return this.#held !== null;
  }

  /** @param {PointerSample} sample */
  hover(sample) {
    const handle = this.#at(sample)?.handle;
    this.#context.cursor(handle ? cursorOf(handle) : null);
  }

  /** @param {PointerSample} sample */
  begin(sample) {
    const grip = sample.primary ? this.#at(sample) : null;
    this.#held = grip && { ...grip, from: sample, made: null };
    return this.isHeld;
  }

  /** @param {PointerSample} sample */
  to({ image, shift }) {
    const { store, describe } = this.#context;
    const held = this.#held;
    if (!held) return;
    const { object, handle, from } = held;
    const by = { x: image.x - from.image.x, y: image.y - from.image.y };
    const box = pulled(object.rle, handle, by, shift);
    held.made = stretched(object.rle, box);
    const color = paintColor(store.state.document, object.id, null);
    describe(
      [
        { kind: "preview", rle: held.made, color, choices: 0 },
        { kind: "box", box, dashed: true },
      ],
      `${number(box[2] - box[0])} × ${number(box[3] - box[1])} px`,
    );
  }

  end() {
    const { object, made } = this.#held ?? {};
    this.abort();
    if (!object || !made) return;
    if (area(made) > 0) reshape(this.#context, object, made, t("Stretch object"));
    else this.#context.services.notify(t("Nothing would be left."), "info");
  }

  abort() {
    if (this.#held) this.#context.describe([]);
    this.#held = null;
  }

  /** @param {PointerSample} sample */
  #at(sample) {
    const { state } = this.#context.store;
    const object = state.session.masksVisible ? editableSelection(state) : null;
    const handle = object && handleAt(object.rle, state.session.view, sample);
    return object && handle ? { object, handle } : null;
  }
}

/**
 * @param {EditorStore} store
 * @param {PointerSample} sample
 */
function pick(store, sample) {
  const id = topmostAt(store.state, sample.image)?.id ?? null;
  const { selection } = store.state.session;
  if (!sample.shift) {
    store.update({ selection: id === null ? [] : [id] });
  } else if (id !== null) {
    const others = selection.filter((each) => each !== id);
    store.update({ selection: selection.includes(id) ? others : [...others, id] });
  }
}

/**
 * Select the next object in the order of painting; false where there is none to go to.
 * @param {EditorStore} store
 * @param {1 | -1} step
 */
function walk(store, step) {
  const { document, session } = store.state;
  const ids = paintOrder(document)
    .filter((object) => object.state !== "rejected" && !session.hidden.has(object.id))
    .map((object) => object.id);
  if (ids.length === 0) return false;
  const at = ids.indexOf(session.selection.at(-1) ?? "");
  const start = at === -1 && step === -1 ? 0 : at;
  const next = ids[(start + step + ids.length) % ids.length];
  if (next !== undefined) store.update({ selection: [next] });
  return true;
}

/**
 * @param {EditorStore} store
 * @param {KeySample} sample
 */
function arrow(store, sample) {
  const direction = ARROWS[sample.key];
  if (!direction) return false;
  const [x, y] = direction;
  const { document, session } = store.state;
  const ids = session.selection.filter((id) => !session.locked.has(id));
  if (ids.length > 0) {
    const far = sample.shift ? FAR : 1;
    store.dispatch(moveObject({ ids, dx: x * far, dy: y * far, keepers: keepersOf(store.state) }));
    return true;
  }
  const view = panBy(session.view, -x * PAN_PX, -y * PAN_PX);
  store.update({ view: keepInSight(view, document.image, session.stage) });
  return true;
}

/**
 * @param {PointerSample} a
 * @param {PointerSample} b
 */
function distance(a, b) {
  return Math.hypot(a.screen.x - b.screen.x, a.screen.y - b.screen.y);
}
