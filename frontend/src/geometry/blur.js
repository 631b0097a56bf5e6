/** Gaussian blur by three running means in each direction (Wells, 1986): time goes not by its width. */

/** @typedef {{readonly width: number, readonly height: number}} Size */

const PASSES = 3;

/**
 * @param {Float32Array} plane row-major
 * @param {Size} size
 * @param {number} sigma cells; beyond the border the border goes on
 * @returns {Float32Array}
 */
export function blur(plane, { width, height }, sigma) {
  const radius = Math.round((Math.sqrt(4 * sigma * sigma + 1) - 1) / 2);
  if (radius < 1) return plane;
  const [from, to] = [plane.slice(), new Float32Array(plane.length)];
  for (let pass = 0; pass < PASSES; pass += 1) {
    meanOfRows(from, to, { width, height }, radius);
    meanOfColumns(to, from, { width, height }, radius);
  }
  return from;
}

/**
 * @param {Float32Array} from
 * @param {Float32Array} to is written to
 * @param {Size} size
 * @param {number} radius
 */
function meanOfRows(from, to, { width, height }, radius) {
  const share = 1 / (2 * radius + 1);
  const last = width - 1;
  for (let start = 0; start < width * height; start += width) {
    let sum = (from[start] ?? 0) * (radius + 1);
    for (let x = 1; x <= radius; x += 1) sum += from[start + Math.min(x, last)] ?? 0;
    for (let x = 0; x < width; x += 1) {
      to[start + x] = sum * share;
      const enters = from[start + Math.min(x + radius + 1, last)] ?? 0;
      sum += enters - (from[start + Math.max(x - radius, 0)] ?? 0);
    }
  }
}

/**
 * All columns at once, row by row: going down each by itself would read the memory in leaps.
 * @param {Float32Array} from
 * @param {Float32Array} to is written to
 * @param {Size} size
 * @param {number} radius
 */
function meanOfColumns(from, to, { width, height }, radius) {
  const share = 1 / (2 * radius + 1);
  const last = height - 1;
  const sums = new Float32Array(width);
  for (let y = -radius; y <= radius; y += 1) {
    const row = Math.min(Math.max(y, 0), last) * width;
    for (let x = 0; x < width; x += 1) sums[x] = (sums[x] ?? 0) + (from[row + x] ?? 0);
  }
  for (let y = 0; y < height; y += 1) {
    const enters = Math.min(y + radius + 1, last) * width;
    const leaves = Math.max(y - radius, 0) * width;
    for (let x = 0; x < width; x += 1) {
      const sum = sums[x] ?? 0;
      to[y * width + x] = sum * share;
      sums[x] = sum + (from[enters + x] ?? 0) - (from[leaves + x] ?? 0);
    }
  }
}
