/**
 * The live wire: the cheapest way between two cells, where ways along edges are cheap (Mortensen and
 * Barrett, 1995). The costs are small whole numbers, so that the cells still to be visited lie in a
 * ring of buckets (Dial, 1969).
 */

/** @typedef {{readonly width: number, readonly height: number}} Size */

const DEAREST = 64;
const EDGE_SHARE = 0.98; // of the cells that are less of an edge than one that costs least
const STRAIGHT = 5; // a step's length, in whole numbers near 1 and the square root of 2
const DIAGONAL = 7;
const MOST_SORTED = 50_000;
const BUCKETS = 512; // more than the dearest step

/** Steps to the eight neighbours; 1 ... 8 name them, 0 is no step. */
const STEP_X = [0, 1, -1, 0, 0, 1, -1, 1, -1];
const STEP_Y = [0, 0, 0, 1, -1, 1, 1, -1, -1];

/**
 * How little each cell is an edge: Sobel's gradient, the largest of the three channels.
 * @param {Uint8ClampedArray} rgba row-major, 4 bytes a cell
 * @param {Size} size
 * @returns {Uint8Array} 1 (a strong edge) ... 64
 */
export function edgeCosts(rgba, { width, height }) {
  const strengths = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const above = Math.max(y - 1, 0) * width;
    const below = Math.min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(x - 1, 0);
      const right = Math.min(x + 1, width - 1);
      let strongest = 0;
      for (let channel = 0; channel < 3; channel += 1) {
        const nw = rgba[4 * (above + left) + channel] ?? 0;
        const north = rgba[4 * (above + x) + channel] ?? 0;
        const ne = rgba[4 * (above + right) + channel] ?? 0;
        const west = rgba[4 * (y * width + left) + channel] ?? 0;
        const east = rgba[4 * (y * width + right) + channel] ?? 0;
        const sw = rgba[4 * (below + left) + channel] ?? 0;
        const south = rgba[4 * (below + x) + channel] ?? 0;
        const se = rgba[4 * (below + right) + channel] ?? 0;
        const dx = ne + 2 * east + se - nw - 2 * west - sw;
        const dy = sw + 2 * south + se - nw - 2 * north - ne;
        const strength = dx * dx + dy * dy;
        if (strength > strongest) strongest = strength;
      }
      strengths[y * width + x] = Math.sqrt(strongest);
    }
  }
  const strong = quantile(strengths, EDGE_SHARE) || 1;
  const costs = new Uint8Array(strengths.length);
  for (let at = 0; at < costs.length; at += 1) {
    const share = Math.min((strengths[at] ?? 0) / strong, 1);
    costs[at] = 1 + Math.round((DEAREST - 1) * (1 - share));
  }
  return costs;
}

/**
 * @param {Float32Array} values
 * @param {number} share
 * @returns {number} which so many of the values that are not 0 do not exceed; found from some of
 *   them where there are many
 */
function quantile(values, share) {
  const every = Math.max(Math.floor(values.length / MOST_SORTED), 1);
  const some = new Float32Array(Math.ceil(values.length / every));
  for (let at = 0; at < some.length; at += 1) some[at] = values[at * every] ?? 0;
  const risen = some.filter((value) => value > 0).sort();
  return risen[Math.min(Math.floor(risen.length * share), risen.length - 1)] ?? 0;
}

/**
 * The cheapest ways from one cell to all others.
 * @param {Uint8Array} costs
 * @param {Size} size
 * @param {number} seed
 * @returns {Uint8Array} for each cell the step (1 ... 8) towards the seed, 0 at the seed
 */
export function waysFrom(costs, { width, height }, seed) {
  const count = width * height;
  const ways = new Uint8Array(count);
  const totals = new Int32Array(count).fill(2 ** 30);
  const heads = new Int32Array(BUCKETS).fill(-1);
  const [next, previous] = [new Int32Array(count), new Int32Array(count)];
  const done = new Uint8Array(count);
  const put = (/** @type {number} */ cell, /** @type {number} */ total) => {
    const bucket = total % BUCKETS;
    const head = heads[bucket] ?? -1;
    next[cell] = head;
    previous[cell] = -1;
    if (head !== -1) previous[head] = cell;
    heads[bucket] = cell;
    totals[cell] = total;
  };
  const take = (/** @type {number} */ cell) => {
    const [after, before] = [next[cell] ?? -1, previous[cell] ?? -1];
    if (after !== -1) previous[after] = before;
    if (before !== -1) next[before] = after;
    else heads[(totals[cell] ?? 0) % BUCKETS] = after;
  };
  put(seed, 0);
  let open = 1;
  for (let total = 0; open > 0; total += 1) {
    for (
      let cell = heads[total % BUCKETS] ?? -1;
      cell !== -1;
      cell = heads[total % BUCKETS] ?? -1
    ) {
      take(cell);
      open -= 1;
      done[cell] = 1;
      const [x, y] = [cell % width, Math.floor(cell / width)];
      for (let step = 1; step <= 8; step += 1) {
        const [u, v] = [x + (STEP_X[step] ?? 0), y + (STEP_Y[step] ?? 0)];
        if (u < 0 || v < 0 || u >= width || v >= height) continue;
        const to = v * width + u;
        if (done[to]) continue;
        const wanted = total + (costs[to] ?? DEAREST) * (step <= 4 ? STRAIGHT : DIAGONAL);
        const known = totals[to] ?? 0;
        if (wanted >= known) continue;
        if (known < 2 ** 30) take(to);
        else open += 1;
        put(to, wanted);
        ways[to] = opposite(step);
      }
    }
  }
  return ways;
}

/** @param {number} step @returns {number} the one that leads back */
function opposite(step) {
  if (step <= 4) return step % 2 ? step + 1 : step - 1;
  return 13 - step;
}

/**
 * @param {Uint8Array} ways
 * @param {number} width
 * @param {number} cell
 * @returns {number[]} cells from the seed of the ways to the cell, both included
 */
export function wayTo(ways, width, cell) {
  const cells = [cell];
  for (let at = cell, step = ways[at] ?? 0; step !== 0; step = ways[at] ?? 0) {
    at += (STEP_X[step] ?? 0) + (STEP_Y[step] ?? 0) * width;
    cells.push(at);
  }
  return cells.reverse();
}

/**
 * @param {Uint8Array} costs
 * @param {Size} size
 * @param {number} cell
 * @param {number} reach cells
 * @returns {number} the strongest edge within reach, of equal ones the nearest
 */
export function nearestEdge(costs, { width, height }, cell, reach) {
  const [x, y] = [cell % width, Math.floor(cell / width)];
  let [best, least] = [cell, Number.POSITIVE_INFINITY];
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const [u, v] = [x + dx, y + dy];
      if (u < 0 || v < 0 || u >= width || v >= height) continue;
      const away = Math.hypot(dx, dy);
      if (away > reach) continue;
      const cost = (costs[v * width + u] ?? DEAREST) + away / (reach + 1);
      if (cost < least) [best, least] = [v * width + u, cost];
    }
  }
  return best;
}
