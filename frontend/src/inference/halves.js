/** Half-precision numbers (IEEE 754 binary16), as embeddings travel. */

/** @type {Float32Array | null} every half's value; made at the first need, in a worker */
let values = null;

/**
 * @param {ArrayBuffer} bytes little-endian halves
 * @returns {Float32Array}
 */
export function fromHalves(bytes) {
  values ??= tableOfHalves();
  const halves = new Uint16Array(bytes);
  const numbers = new Float32Array(halves.length);
  for (let index = 0; index < halves.length; index += 1) {
    numbers[index] = values[halves[index] ?? 0] ?? 0;
  }
  return numbers;
}

function tableOfHalves() {
  const table = new Float32Array(65_536);
  for (let half = 0; half < table.length; half += 1) table[half] = numberOf(half);
  return table;
}

/** @param {number} half */
function numberOf(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024);
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
