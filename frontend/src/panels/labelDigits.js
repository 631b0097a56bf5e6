/** Which labels are at hand, and by which digit. */

/** @typedef {import("../types.js").Label} Label */

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

/** @param {readonly Label[]} all */
export function activeLabels(all) {
  return all.filter((label) => !label.archived);
}

/**
 * The digit of each label: its own, else the first free ones in order.
 * @param {readonly Label[]} all active ones, in their order
 * @returns {ReadonlyMap<number, string>} digit by label id
 */
export function digitsOf(all) {
  const owned = new Map(
    all.filter(({ hotkey }) => DIGITS.includes(hotkey)).map((label) => [label.id, label.hotkey]),
  );
  const taken = new Set(owned.values());
  const free = DIGITS.filter((digit) => !taken.has(digit));
  for (const label of all) {
    if (owned.has(label.id)) continue;
    const digit = free.shift();
    if (digit === undefined) break;
    owned.set(label.id, digit);
  }
  return owned;
}
