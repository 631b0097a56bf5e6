import { t } from "../../texts.js";
import { paintOrder } from "../document.js";
import { inWords, objectsInWords } from "./action.js";
import { reorder } from "./reorder.js";

/**
 * Move several objects one place up or down in the order of painting, as one step. They keep their
 * own order: one that cannot move holds back those that it would be overtaken by.
 * @param {{ids: readonly string[], place: "up" | "down"}} parts
 * @returns {import("../../types.js").Action}
 */
export function reorderAll({ ids, place }) {
  const what = objectsInWords(ids.length);
  return inWords(
    place === "up" ? t("Move {what} up", { what }) : t("Move {what} down", { what }),
    (document) => {
      const wanted = new Set(ids);
      const order = paintOrder(document).map(({ id }) => id);
      if (place === "up") order.reverse(); // those at the end that they move to go first
      let moved = document;
      let isHeld = true; // the one before it is selected and stays
      for (const id of order) {
        const isWanted = wanted.has(id);
        if (isWanted && !isHeld) moved = reorder({ id, place })(moved);
        isHeld = isHeld && isWanted;
      }
      return moved;
    },
  );
}
