import { t } from "../../texts.js";
import { nextZ, reviseObjects, withObjects } from "../document.js";
import { inWords } from "./action.js";

/** @typedef {import("../../types.js").Rle} Rle */

/**
 * Make several objects of one: the first piece stays the object, each other becomes one like it.
 * @param {{id: string, pieces: readonly Rle[], ids: readonly string[]}} parts pieces: at least two,
 *   together the object; ids: one for each piece but the first
 * @returns {import("../../types.js").Action}
 */
export function splitObject({ id, pieces, ids }) {
  return inWords(t("Split into {count} objects", { count: pieces.length }), (document) => {
    const object = document.objects.get(id);
    const [first, ...others] = pieces;
    if (!object || !first || others.length === 0) return document;
    const smaller = reviseObjects(document, [id], () => ({ rle: first, state: judged(object) }));
    const z = nextZ(document);
    return withObjects(
      smaller,
      others.flatMap((rle, index) => {
        const own = ids[index];
        if (own === undefined) throw new Error(`${pieces.length} pieces, but ${ids.length} ids`);
        const piece = { ...object, id: own, rle, z: z + index, state: judged(object) };
        return [/** @type {const} */ ([own, piece])];
      }),
    );
  });
}

/**
 * Whoever splits an object vouches for it, as with every correction.
 * @param {Readonly<import("../../types.js").MaskObject>} object
 */
function judged({ label, state }) {
  return label === null ? state : "confirmed";
}
