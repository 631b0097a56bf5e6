/** Whether two states of an object are the same, whoever wrote them down. */

/** @typedef {import("../types.js").MaskObject} MaskObject */

const PLAIN = /** @type {const} */ ([
  "label",
  "z",
  "state",
  "source",
  "score",
  "stability",
  "model",
  "iscrowd",
]);

/**
 * @param {Readonly<MaskObject> | null} a null: there is none
 * @param {Readonly<MaskObject> | null} b
 */
export function sameObject(a, b) {
  if (a === b) return true;
  if (!a || !b) return false;
  return (
    a.rle.counts === b.rle.counts &&
    PLAIN.every((name) => a[name] === b[name]) &&
    sameAttributes(a.attributes, b.attributes)
  );
}

/**
 * A database may give the names back in another order.
 * @param {Readonly<Record<string, unknown>>} a
 * @param {Readonly<Record<string, unknown>>} b
 */
export function sameAttributes(a, b) {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => name in b && JSON.stringify(a[name]) === JSON.stringify(b[name]))
  );
}
