/** R: a filled box by a drag or by two clicks. */

import { boxBetween } from "../geometry/box.js";
import { boxPatch } from "../geometry/raster.js";
import { fromPatch } from "../geometry/rle.js";
import { t } from "../texts.js";
import { finishShape, SHAPE_GESTURES } from "./drawn.js";

/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../types.js").ToolContext} ToolContext */

const DRAG_PX = 5; // screen_px; less is the first of two clicks

/** @type {Tool} */
export const box = {
  name: "box",
  title: t("Box"),
  hotkey: "R",
  draws: true,
  cursor: "crosshair",
  gestures: [{ keys: ["Drag", "2 clicks"], words: t("From corner to corner") }, ...SHAPE_GESTURES],
  take(context) {
    const { store, describe } = context;
    /** @type {PointerSample | null} */
    let first = null;
    let opened = false;

    /** @param {PointerSample} sample */
    function show(sample) {
      if (!first) return;
      const corners = boxBetween(first.image, sample.image, store.state.document.image);
      describe([{ kind: "box", box: corners, dashed: true }]);
    }

    function clear() {
      first = null;
      opened = false;
      describe([]);
    }

    return {
      hover: show,
      down(sample) {
        if (!sample.primary) return;
        opened = first === null;
        first ??= sample;
      },
      drag(samples) {
        const last = samples.at(-1);
        if (last) show(last);
      },
      up(sample) {
        if (!first || (opened && isClick(first, sample))) return;
        const from = first;
        clear();
        addBox(context, from, sample);
      },
      abort: clear,
      cancel() {
        const was = first !== null;
        clear();
        return was;
      },
    };
  },
};

/**
 * @param {ToolContext} context
 * @param {PointerSample} from
 * @param {PointerSample} to
 */
function addBox(context, from, to) {
  const { image } = context.store.state.document;
  const patch = boxPatch(boxBetween(from.image, to.image, image), image);
  const rle = fromPatch(patch, [image.height, image.width]);
  finishShape(context, rle, { shift: to.shift, alt: to.alt, noun: t("Box") });
}

/**
 * @param {PointerSample} a
 * @param {PointerSample} b
 */
function isClick(a, b) {
  return Math.hypot(a.screen.x - b.screen.x, a.screen.y - b.screen.y) < DRAG_PX;
}
