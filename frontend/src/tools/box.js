/** R: a filled box as a new object, by a drag or by two clicks. */
import { boxBetween } from "../geometry/box.js";
import { boxPatch } from "../geometry/raster.js";
import { area, fromPatch } from "../geometry/rle.js";
import { addObject } from "../model/actions/addObject.js";
import { newId } from "../model/ids.js";

/** @typedef {import("../types.js").Tool} Tool */
/** @typedef {import("../types.js").PointerSample} PointerSample */
/** @typedef {import("../model/store.js").EditorStore} EditorStore */

const DRAG_PX = 5; // screen_px; less is the first of two clicks

/** @type {Tool} */
export const box = {
  name: "box",
  title: "Box",
  hotkey: "R",
  draws: true,
  cursor: "crosshair",
  take({ store, describe }) {
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
        if (!first || !sample.primary || (opened && isClick(first, sample))) return;
        const from = first;
        clear();
        addBox(store, from, sample);
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
 * @param {EditorStore} store
 * @param {PointerSample} from
 * @param {PointerSample} to
 */
function addBox(store, from, to) {
  const { image } = store.state.document;
  const patch = boxPatch(boxBetween(from.image, to.image, image), image);
  const rle = fromPatch(patch, [image.height, image.width]);
  if (area(rle) === 0) return;
  const id = newId();
  store.dispatch(addObject({ id, rle, label: store.state.session.label }));
  store.update({ selection: [id] });
}

/**
 * @param {PointerSample} a
 * @param {PointerSample} b
 */
function isClick(a, b) {
  return Math.hypot(a.screen.x - b.screen.x, a.screen.y - b.screen.y) < DRAG_PX;
}
