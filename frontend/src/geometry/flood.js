/** Pixels of like colour: the wand and the paint bucket. */

/** @typedef {{readonly width: number, readonly height: number}} Size */

/**
 * The cells whose colour differs in no channel by more than the tolerance from the seed's.
 * @param {Uint8ClampedArray} rgba row-major, 4 bytes a cell
 * @param {Size} size
 * @param {{seed: number, tolerance: number, spreads: boolean, closed?: Uint8Array | null}} how
 *   spreads: only what hangs together with the seed by its sides; closed: cells that are never
 *   taken, a byte each
 * @returns {Uint8Array} 0 or 1 a cell
 */
export function alike(rgba, { width, height }, { seed, tolerance, spreads, closed = null }) {
  const bits = new Uint8Array(width * height);
  const [red, green, blue] = [
    rgba[4 * seed] ?? 0,
    rgba[4 * seed + 1] ?? 0,
    rgba[4 * seed + 2] ?? 0,
  ];
  const fits = (/** @type {number} */ at) =>
    !closed?.[at] &&
    Math.abs((rgba[4 * at] ?? 0) - red) <= tolerance &&
    Math.abs((rgba[4 * at + 1] ?? 0) - green) <= tolerance &&
    Math.abs((rgba[4 * at + 2] ?? 0) - blue) <= tolerance;
  if (spreads) spread(bits, width, height, seed, fits);
  else for (let at = 0; at < bits.length; at += 1) bits[at] = Number(fits(at));
  return bits;
}

/**
 * Row by row: each stretch of a row is filled at once and looked at from above and below.
 * @param {Uint8Array} bits is written to
 * @param {number} width
 * @param {number} height
 * @param {number} seed
 * @param {(at: number) => boolean} fits
 */
function spread(bits, width, height, seed, fits) {
  if (!fits(seed)) return;
  const stack = [seed];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (bits[at]) continue;
    const start = at - (at % width);
    let left = at;
    let right = at;
    while (left > start && !bits[left - 1] && fits(left - 1)) left -= 1;
    while (right + 1 < start + width && !bits[right + 1] && fits(right + 1)) right += 1;
    bits.fill(1, left, right + 1);
    for (const row of [start - width, start + width]) {
      if (row < 0 || row >= width * height) continue;
      let isOpen = false;
      for (let column = left - start; column <= right - start; column += 1) {
        const next = row + column;
        const opens = !bits[next] && fits(next);
        if (opens && !isOpen) stack.push(next);
        isOpen = opens;
      }
    }
  }
}
