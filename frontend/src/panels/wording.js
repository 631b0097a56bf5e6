/** Numbers and times as people read them. */

const PLURALS = new Intl.PluralRules("en");

/**
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${PLURALS.select(count) === "one" ? "" : "s"}`;
}

/** @param {number} pixels */
export function shortArea(pixels) {
  if (pixels < 1000) return String(pixels);
  if (pixels < 9_950) return `${(pixels / 1000).toFixed(1)}k`;
  if (pixels < 999_500) return `${Math.round(pixels / 1000)}k`;
  return `${(pixels / 1_000_000).toFixed(1)}M`;
}

/**
 * @param {number} then ms since 1970
 * @param {number} now
 */
export function ago(then, now) {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

/** @param {number | null} score 0..1 */
export function shortScore(score) {
  return score === null ? "" : score.toFixed(2).replace(/^0/, "");
}
