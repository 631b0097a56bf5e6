/**
 * Masks now against masks then, object by object: a pixel that went from one object to another is
 * removed from the one and added to the other.
 */

import { area } from "../geometry/rle.js";
import { intersect, subtract } from "../geometry/sets.js";

/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {ReadonlyMap<string, Rle>} Masks by id of the object */
/**
 * What is drawn; the lists hold no empty masks.
 * @typedef {{readonly added: readonly Rle[], readonly removed: readonly Rle[], readonly same: readonly Rle[]}} DiffMasks
 */
/**
 * @typedef {Object} DiffCounts
 * @property {number} added pixels
 * @property {number} removed
 * @property {number} same
 * @property {number | null} iou same / (same + added + removed); null where there is no pixel at all
 * @property {number} newObjects
 * @property {number} goneObjects
 * @property {number} changedObjects there before and after, with another mask
 * @property {number} sameObjects
 */

/**
 * @param {Masks} then
 * @param {Masks} now
 * @returns {{masks: DiffMasks, counts: DiffCounts}}
 * @throws {import("../geometry/rle.js").InvalidMask} when masks belong to images of different sizes
 */
export function maskDiff(then, now) {
  /** @type {{added: Rle[], removed: Rle[], same: Rle[]}} */
  const masks = { added: [], removed: [], same: [] };
  const objects = { newObjects: 0, goneObjects: 0, changedObjects: 0, sameObjects: 0 };
  for (const [id, after] of now) {
    const before = then.get(id);
    if (!before) {
      objects.newObjects += 1;
      masks.added.push(after);
    } else if (before.counts === after.counts) {
      objects.sameObjects += 1;
      masks.same.push(after);
    } else {
      objects.changedObjects += 1;
      masks.added.push(subtract(after, before));
      masks.removed.push(subtract(before, after));
      masks.same.push(intersect(before, after));
    }
  }
  for (const [id, before] of then) {
    if (now.has(id)) continue;
    objects.goneObjects += 1;
    masks.removed.push(before);
  }
  const [added, removed, same] = [sized(masks.added), sized(masks.removed), sized(masks.same)];
  const all = added.pixels + removed.pixels + same.pixels;
  const pixels = { added: added.pixels, removed: removed.pixels, same: same.pixels };
  return {
    masks: { added: added.masks, removed: removed.masks, same: same.masks },
    counts: { ...pixels, ...objects, iou: all === 0 ? null : same.pixels / all },
  };
}

/**
 * The masks that are on the picture.
 * @param {Iterable<{readonly id: string, readonly rle: Rle, readonly state: string}>} objects
 * @param {string | null} of only this one's
 * @returns {Masks}
 */
export function masksOnPicture(objects, of) {
  /** @type {Map<string, Rle>} */
  const masks = new Map();
  for (const { id, rle, state } of objects) {
    if (state !== "rejected" && (of === null || id === of)) masks.set(id, rle);
  }
  return masks;
}

/** @param {readonly Rle[]} masks */
function sized(masks) {
  const kept = masks.map((rle) => ({ rle, size: area(rle) })).filter(({ size }) => size > 0);
  return {
    masks: kept.map(({ rle }) => rle),
    pixels: kept.reduce((sum, { size }) => sum + size, 0),
  };
}
