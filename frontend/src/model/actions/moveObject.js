import { area } from "../../geometry/rle.js";
import { shift } from "../../geometry/sets.js";
import { reviseObjects } from "../document.js";
import { counted, inWords } from "./action.js";

/**
 * Move objects by whole pixels. What leaves the image is cut off; one that would leave it wholly
 * stays where it is.
 * @param {{ids: readonly string[], dx: number, dy: number}} parts image_px
 * @returns {import("../../types.js").Action}
 */
export function moveObject({ ids, dx, dy }) {
  return inWords(`Move ${counted(ids.length, "object")}`, (document) =>
    reviseObjects(document, ids, (object) => {
      const rle = shift(object.rle, dx, dy);
      return area(rle) > 0 ? { rle } : {};
    }),
  );
}
