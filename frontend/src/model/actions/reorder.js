import { t } from "../../texts.js";
import { compareObjects, paintOrder, withObjects } from "../document.js";
import { inWords } from "./action.js";

/** @typedef {import("../../types.js").MaskObject} MaskObject */
/** @typedef {"up" | "down" | "top" | "bottom"} Place */

/** @type {Record<Place, string>} */
const WORDS = {
  up: t("Move object up"),
  down: t("Move object down"),
  top: t("Move object to the top"),
  bottom: t("Move object to the bottom"),
};

/** @type {Record<Place, (index: number, last: number) => number>} */
const TARGETS = {
  up: (index, last) => Math.min(index + 1, last),
  down: (index) => Math.max(index - 1, 0),
  top: (_index, last) => last,
  bottom: () => 0,
};

/**
 * Move an object in the order of painting; of the others only those change whose z is in the way.
 * @param {{id: string, place: Place}} parts
 * @returns {import("../../types.js").Action}
 */
export function reorder({ id, place }) {
  return inWords(WORDS[place], (document) => {
    const order = [...paintOrder(document)];
    const from = order.findIndex((object) => object.id === id);
    const moved = order[from];
    if (!moved) return document;
    const to = TARGETS[place](from, order.length - 1);
    if (to === from) return document;
    const z = order[to]?.z ?? moved.z;
    order.splice(from, 1);
    order.splice(to, 0, { ...moved, z });
    return withObjects(document, raised(order));
  });
}

/**
 * The objects with z raised where an object would not be painted above the one before it.
 * @param {Readonly<MaskObject>[]} order as it shall be
 * @returns {[string, Readonly<MaskObject>][]}
 */
function raised(order) {
  /** @type {[string, Readonly<MaskObject>][]} */
  const entries = [];
  /** @type {Readonly<MaskObject> | null} */
  let below = null;
  for (const object of order) {
    below = below && compareObjects(below, object) >= 0 ? { ...object, z: below.z + 1 } : object;
    entries.push([below.id, below]);
  }
  return entries;
}
