import { t } from "../../texts.js";
import { nextZ, reviseObjects, withObjects } from "../document.js";
import { inWords } from "./action.js";
import { confirmAll } from "./claimPixels.js";

/** @typedef {import("../../types.js").Rle} Rle */

/**
 * Make several objects of one: the first piece stays the object, each other becomes one like it.
 * @param {{id: string, pieces: readonly Rle[], ids: readonly string[],
 *   keepers?: ReadonlySet<string>}} parts pieces: at least two, together the object; ids: one for
 *   each piece but the first; keepers: ids of those that give no pixel up
 * @returns {import("../../types.js").Action}
 */
export function splitObject({ id, pieces, ids, keepers }) {
  return inWords(t("Split into {count} objects", { count: pieces.length }), (document) => {
    const object = document.objects.get(id);
    const [first, ...others] = pieces;
    if (!object || !first || others.length === 0) return document;
    const smaller = reviseObjects(document, [id], () => ({ rle: first }));
    const z = nextZ(document);
    const parted = withObjects(
      smaller,
      others.flatMap((rle, index) => {
        const own = ids[index];
        if (own === undefined) throw new Error(`${pieces.length} pieces, but ${ids.length} ids`);
        const piece = { ...object, id: own, rle, z: z + index };
        return [/** @type {const} */ ([own, piece])];
      }),
    );
    if (object.state === "confirmed" || object.label === null) return parted;
    // Whoever splits an object vouches for it, as with every correction.
    const all = [id, ...ids];
    return confirmAll(parted, all, () => ({ state: "confirmed" }), keepers);
  });
}
