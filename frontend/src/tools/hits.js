/** Which object lies under a point. */
import { contains } from "../geometry/rle.js";
import { paintOrder } from "../model/document.js";

/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").MaskObject} MaskObject */

/**
 * The object painted last among those that show at a point and are not locked.
 * @param {EditorState} state
 * @param {import("../types.js").Point} point image_px
 * @returns {Readonly<MaskObject> | null}
 */
export function topmostAt({ document, session }, point) {
  if (!session.masksVisible) return null;
  const order = paintOrder(document);
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const object = order[index];
    if (!object || object.state === "rejected") continue;
    if (!contains(object.rle, point.x, point.y)) continue;
    if (!session.hidden.has(object.id) && !session.locked.has(object.id)) return object;
  }
  return null;
}

/**
 * The object that a drawing tool would change: the one selected last, if it may be changed.
 * @param {EditorState} state
 * @returns {Readonly<MaskObject> | null}
 */
export function editableSelection({ document, session }) {
  const id = session.selection.at(-1);
  if (id === undefined || session.hidden.has(id) || session.locked.has(id)) return null;
  const object = document.objects.get(id);
  return object && object.state !== "rejected" ? object : null;
}
