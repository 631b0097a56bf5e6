/** Where the marks of a ruler lie along one axis: round image pixels, as dense as can be read. */

/**
 * @typedef {Object} RulerMarks
 * @property {number} step image_px from number to number
 * @property {readonly number[]} ticks screen_px, those with a number too
 * @property {readonly {readonly value: number, readonly at: number}[]} numbers value: image_px, at:
 *   screen_px
 */

export const RULER_PX = 20; // how thick a ruler is
const NUMBER_ROOM = 56; // screen_px that a number of six digits takes with air around it
const TICK_ROOM = 5;
const ROUND = [1, 2, 5];
const PARTS = [10, 5, 4, 2];

/**
 * @param {number} scale screen_px of an image pixel
 * @param {number} offset screen_px where the image begins
 * @param {number} length image_px
 * @param {number} room screen_px that the ruler has
 * @returns {RulerMarks}
 */
export function rulerMarks(scale, offset, length, room) {
  const step = roundStep(NUMBER_ROOM / scale);
  const part = PARTS.find((parts) => step % parts === 0 && (step / parts) * scale >= TICK_ROOM);
  const place = (/** @type {number} */ value) => value * scale + offset;
  const from = Math.max(-offset / scale, 0);
  const to = Math.min((room - offset) / scale, length);
  return {
    step,
    ticks: multiples(step / (part ?? 1), from, to).map(place),
    // A number begins at its mark: the one before what is in sight may still reach into it.
    numbers: multiples(step, Math.max(from - step, 0), to).map((value) => ({
      value,
      at: place(value),
    })),
  };
}

/**
 * @param {number} least
 * @returns {number} 1, 2 or 5 times a power of ten, at least 1
 */
function roundStep(least) {
  for (let power = 1; ; power *= 10) {
    const found = ROUND.find((factor) => factor * power >= least);
    if (found) return found * power;
  }
}

/**
 * @param {number} step
 * @param {number} from
 * @param {number} to
 */
function multiples(step, from, to) {
  const [first, last] = [Math.ceil(from / step), Math.floor(to / step)];
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => (first + i) * step);
}
