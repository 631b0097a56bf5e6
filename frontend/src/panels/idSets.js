/** Sets of ids as values. */

/**
 * @param {ReadonlySet<string>} ids
 * @param {string} id
 * @returns {ReadonlySet<string>}
 */
export function toggled(ids, id) {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return next;
}
