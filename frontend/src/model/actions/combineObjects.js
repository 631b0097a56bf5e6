import { area } from "../../geometry/rle.js";
import { intersect, subtract, unionOf } from "../../geometry/sets.js";
import { t } from "../../texts.js";
import { withObjects } from "../document.js";
import { inWords } from "./action.js";
import { replaceMask } from "./replaceMask.js";

/** @typedef {"union" | "subtract" | "intersect"} Operation */

/** @type {Readonly<Record<Operation, string>>} */
const WORDS = {
  union: t("Merge objects"),
  subtract: t("Subtract objects"),
  intersect: t("Intersect objects"),
};

/**
 * Make one object of several. Union: the others go into it and are gone. Subtract takes their pixels
 * from it, intersect leaves it what it shares with all of them; there the others stay. A result
 * without a pixel changes nothing: deleting is another key.
 * @param {{id: string, others: readonly string[], operation: Operation,
 *   keepers?: ReadonlySet<string>}} parts keepers: as of replaceMask; the others are none
 * @returns {import("../../types.js").Action}
 */
export function combineObjects({ id, others, operation, keepers = new Set() }) {
  return inWords(WORDS[operation], (document) => {
    const object = document.objects.get(id);
    const masks = others.flatMap((other) => document.objects.get(other)?.rle ?? []);
    if (!object || masks.length === 0) return document;
    const rle = combined(object.rle, masks, operation);
    if (area(rle) === 0) return document;
    const strangers = new Set([...keepers].filter((keeper) => !others.includes(keeper)));
    const revised = replaceMask({ id, rle, keepers: strangers })(document);
    if (operation !== "union") return revised;
    return withObjects(
      revised,
      others.map((other) => /** @type {const} */ ([other, null])),
    );
  });
}

/**
 * @param {import("../../types.js").Rle} own
 * @param {readonly import("../../types.js").Rle[]} others
 * @param {Operation} operation
 */
function combined(own, others, operation) {
  if (operation === "intersect") return others.reduce(intersect, own);
  const all = unionOf(others, own.size);
  return operation === "union" ? unionOf([own, all], own.size) : subtract(own, all);
}
