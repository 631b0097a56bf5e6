import { area } from "../../geometry/rle.js";
import { t } from "../../texts.js";
import { reviseObjects, withObjects } from "../document.js";
import { inWords } from "./action.js";
import { claimPixels } from "./claimPixels.js";

/**
 * A person's correction of a mask. It vouches for the object: with a label it is confirmed.
 * An object without a pixel left is deleted.
 * @param {{id: string, rle: import("../../types.js").Rle, words?: string,
 *   keepers?: ReadonlySet<string>}} parts keepers: ids of those that give no pixel up to it
 * @returns {import("../../types.js").Action}
 */
export function replaceMask({ id, rle, words = t("Edit mask"), keepers }) {
  return inWords(words, (document) => {
    if (document.objects.get(id)?.rle.counts === rle.counts) return document;
    if (area(rle) === 0) return withObjects(document, [[id, null]]);
    const revised = reviseObjects(document, [id], (object) => ({
      rle,
      state: object.label === null ? object.state : "confirmed",
    }));
    return claimPixels(revised, id, keepers) ?? document;
  });
}
