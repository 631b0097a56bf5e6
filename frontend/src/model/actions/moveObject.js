import { area } from "../../geometry/rle.js";
import { shift } from "../../geometry/sets.js";
import { t } from "../../texts.js";
import { reviseObjects } from "../document.js";
import { inWords, objectsInWords } from "./action.js";

/**
 * Move objects by whole pixels. What leaves the image is cut off; one that would leave it wholly
 * stays where it is.
 * @param {{ids: readonly string[], dx: number, dy: number}} parts image_px
 * @returns {import("../../types.js").Action}
 */
export function moveObject({ ids, dx, dy }) {
  return inWords(t("Move {what}", { what: objectsInWords(ids.length) }), (document) =>
    reviseObjects(document, ids, (object) => {
      const rle = shift(object.rle, dx, dy);
      return area(rle) > 0 ? { rle } : {};
    }),
  );
}
