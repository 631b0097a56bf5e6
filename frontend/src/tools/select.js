/**
 * V: point at objects and pick them. Shift adds and takes away; a drag moves the picture; Tab walks
 * through the objects, arrows nudge the picked ones by a pixel (Shift: ten) or else pan.
 */

import { keepInSight, panBy } from "../geometry/viewport.js";
import { moveObject } from "../model/actions/moveObject.js";
import { paintOrder } from "../model/document.js";
import { t } from "../texts.js";
import { topmostAt } from "./hits.js";
import { pan } from "./pan.js";

/** @typedef {import("../types.js").KeySample} KeySample */
/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../model/store.js").EditorStore} EditorStore */

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
  take(context) {
    const { store } = context;
    const panHand = pan.take(context);
    /** @type {PointerSample | null} */
    let pressed = null;
    let drags = false;
    return {
      hover(sample) {
        store.update({ hover: topmostAt(store.state, sample.image)?.id ?? null });
      },
      down(sample) {
        pressed = sample;
        drags = false;
        panHand.down?.(sample);
      },
      drag(samples) {
        const last = samples.at(-1);
        if (!last || !pressed) return;
        drags ||= distance(last, pressed) >= DRAG_PX;
        if (drags) panHand.drag?.(samples);
      },
      up(sample) {
        if (pressed && !drags) pick(store, pressed);
        pressed = null;
        panHand.up?.(sample);
      },
      abort() {
        pressed = null;
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
    store.dispatch(moveObject({ ids, dx: x * far, dy: y * far }));
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
