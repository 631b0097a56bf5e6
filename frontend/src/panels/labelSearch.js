/** Typing to find a label: which ones match, and which one Enter takes. Pure. */

/** @typedef {import("../types.js").Label} Label */

/**
 * @param {readonly Label[]} all in their order
 * @param {string} search
 * @returns {readonly Label[]} those that begin with it first, then those where a word does
 */
export function matchingLabels(all, search) {
  const wanted = search.trim().toLowerCase();
  if (wanted === "") return all;
  return all
    .map((label) => ({ label, rank: rankOf(label, wanted) }))
    .filter(({ rank }) => rank < NONE)
    .sort((a, b) => a.rank - b.rank)
    .map(({ label }) => label);
}

const NONE = 4;

/**
 * @param {Label} label
 * @param {string} wanted
 */
function rankOf({ name, supercategory }, wanted) {
  const words = name.toLowerCase();
  if (words.startsWith(wanted)) return 0;
  if (words.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 1;
  if (words.includes(wanted)) return 2;
  return (supercategory ?? "").toLowerCase().includes(wanted) ? 3 : NONE;
}

/**
 * @param {string} key
 * @param {number} pick
 * @param {number} count
 * @returns {number | null} null: the key moves nothing
 */
export function movedPick(key, pick, count) {
  if (count === 0) return null;
  const here = Math.min(pick, count - 1);
  if (key === "ArrowDown") return (here + 1) % count;
  return key === "ArrowUp" ? (here + count - 1) % count : null;
}
