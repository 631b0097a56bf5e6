import { area } from "../../geometry/rle.js";
import { shift } from "../../geometry/sets.js";
import { t } from "../../texts.js";
import { reviseObjects } from "../document.js";
import { inWords, objectsInWords } from "./action.js";
import { claimPixels } from "./claimPixels.js";

/**
 * Move objects by whole pixels. What leaves the image is cut off; one that would leave it wholly
 * stays where it is. Where one would lie wholly on pixels that are kept, none moves.
 * @param {{ids: readonly string[], dx: number, dy: number,
 *   keepers?: ReadonlySet<string>}} parts image_px; keepers: ids of those that give no pixel up
 * @returns {import("../../types.js").Action}
 */
export function moveObject({ ids, dx, dy, keepers = new Set() }) {
  return inWords(t("Move {what}", { what: objectsInWords(ids.length) }), (document) => {
    const moved = reviseObjects(document, ids, (object) => {
      const rle = shift(object.rle, dx, dy);
      return area(rle) > 0 ? { rle } : {};
    });
    const all = new Set([...keepers, ...ids]); // those that move together take nothing from another
    let claimed = moved;
    for (const id of ids) {
      if (claimed.objects.get(id)?.state !== "confirmed") continue;
      const next = claimPixels(claimed, id, all);
      if (!next) return document;
      claimed = next;
    }
    return claimed;
  });
}
