/**
 * A small forest of extremely randomized trees (Geurts, Ernst and Wehenkel, 2006) on features of a
 * byte each: at each node a few random cuts of random features, of which the one that parts the
 * classes best is kept. Every class counts the same, however much was drawn of it.
 */

/** @typedef {import("./features.js").Features} Features */
/**
 * @typedef {Object} Forest
 * @property {number} classes
 * @property {Int32Array} roots a node each
 * @property {readonly number[]} features of a node, -1 of a leaf
 * @property {readonly number[]} cuts a smaller byte goes left
 * @property {readonly number[]} lefts node to the left, its right one follows; of a leaf: its place in shares
 * @property {Float32Array} shares of the classes in each leaf
 */

const TREES = 20;
const MAX_DEPTH = 14;
const LEAST_IN_LEAF = 3;

/**
 * @param {Features} features
 * @param {Int32Array} cells drawn on
 * @param {Uint8Array} classes of those cells, 0 ... count - 1
 * @param {number} count of classes, at least 2
 * @param {() => number} random 0 ... 1
 * @returns {Forest}
 */
export function growForest(features, cells, classes, count, random) {
  const weights = weightsOf(classes, count);
  const soil = { features, cells, classes, count, weights, random };
  /** @type {Nodes} */
  const nodes = { features: [], cuts: [], lefts: [], shares: [] };
  const roots = Int32Array.from({ length: TREES }, () => growTree(soil, nodes));
  return { classes: count, roots, ...nodes, shares: Float32Array.from(nodes.shares) };
}

/** @typedef {{features: number[], cuts: number[], lefts: number[], shares: number[]}} Nodes */
/**
 * @typedef {{features: Features, cells: Int32Array, classes: Uint8Array, count: number,
 *   weights: readonly number[], random: () => number}} Soil
 */

/**
 * @param {Uint8Array} classes
 * @param {number} count
 */
function weightsOf(classes, count) {
  const sizes = new Array(count).fill(0);
  for (const each of classes) sizes[each] += 1;
  return sizes.map((size) => (size === 0 ? 0 : classes.length / (count * size)));
}

/**
 * @param {Soil} soil
 * @param {Nodes} nodes grows
 * @returns {number} the root
 */
function growTree(soil, nodes) {
  const root = addNode(nodes);
  const all = Int32Array.from(soil.cells, (_cell, index) => index);
  const open = [{ node: root, samples: all, depth: 0 }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { node, samples, depth } = item;
    const isDeep = depth >= MAX_DEPTH || samples.length < 2 * LEAST_IN_LEAF;
    const cut = isDeep ? null : bestCut(soil, samples);
    if (!cut) {
      nodes.lefts[node] = nodes.shares.length;
      nodes.shares.push(...sharesOf(soil, samples));
      continue;
    }
    nodes.features[node] = cut.feature;
    nodes.cuts[node] = cut.at;
    const left = addNode(nodes);
    const right = addNode(nodes);
    nodes.lefts[node] = left;
    const goesLeft = (/** @type {number} */ sample) => byteOf(soil, sample, cut.feature) < cut.at;
    open.push({ node: left, samples: samples.filter(goesLeft), depth: depth + 1 });
    open.push({
      node: right,
      samples: samples.filter((sample) => !goesLeft(sample)),
      depth: depth + 1,
    });
  }
  return root;
}

/** @param {Nodes} nodes */
function addNode(nodes) {
  nodes.features.push(-1);
  nodes.cuts.push(0);
  nodes.lefts.push(0);
  return nodes.features.length - 1;
}

/**
 * @param {Soil} soil
 * @param {Int32Array} samples
 * @returns {{feature: number, at: number} | null} null where the samples are of one class or alike
 */
function bestCut(soil, samples) {
  const whole = sharesOf(soil, samples);
  if (whole.some((share) => share > 0.999)) return null;
  const tries = Math.ceil(Math.sqrt(soil.features.count)) + 1;
  /** @type {{feature: number, at: number} | null} */
  let best = null;
  let purest = Number.NEGATIVE_INFINITY;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const feature = Math.floor(soil.random() * soil.features.count);
    let [low, high] = [255, 0];
    for (const sample of samples) {
      const byte = byteOf(soil, sample, feature);
      if (byte < low) low = byte;
      if (byte > high) high = byte;
    }
    if (low === high) continue;
    const at = low + 1 + Math.floor(soil.random() * (high - low));
    const purity = purityOf(soil, samples, feature, at);
    if (purity > purest) [best, purest] = [{ feature, at }, purity];
  }
  return best;
}

/**
 * @param {Soil} soil
 * @param {Int32Array} samples
 * @param {number} feature
 * @param {number} at
 * @returns {number} the larger the better the two sides are of one class each (Gini)
 */
function purityOf(soil, samples, feature, at) {
  const sides = [new Float64Array(soil.count), new Float64Array(soil.count)];
  for (const sample of samples) {
    const side = sides[byteOf(soil, sample, feature) < at ? 0 : 1];
    const own = soil.classes[sample] ?? 0;
    if (side) side[own] = (side[own] ?? 0) + (soil.weights[own] ?? 0);
  }
  return sides.reduce((sum, side) => {
    const total = side.reduce((a, b) => a + b, 0);
    return total === 0 ? sum : sum + side.reduce((a, b) => a + b * b, 0) / total;
  }, 0);
}

/**
 * @param {Soil} soil
 * @param {Int32Array} samples
 * @returns {number[]} of each class, together 1
 */
function sharesOf({ classes, count, weights }, samples) {
  const sums = new Array(count).fill(0);
  let total = 0;
  for (const sample of samples) {
    const own = classes[sample] ?? 0;
    sums[own] += weights[own] ?? 0;
    total += weights[own] ?? 0;
  }
  return sums.map((sum) => (total === 0 ? 1 / count : sum / total));
}

/**
 * @param {Soil} soil
 * @param {number} sample
 * @param {number} feature
 */
function byteOf({ features, cells }, sample, feature) {
  return features.bytes[(cells[sample] ?? 0) * features.count + feature] ?? 0;
}

/**
 * @param {Forest} forest
 * @param {Features} features
 * @returns {Float32Array[]} a plane a class: its share at each cell, together 1
 */
export function classify({ classes, roots, features, cuts, lefts, shares }, { count, bytes }) {
  const length = bytes.length / count;
  const [nodes, limits, next] = [
    Int16Array.from(features),
    Uint8Array.from(cuts),
    Int32Array.from(lefts),
  ];
  const planes = Array.from({ length: classes }, () => new Float32Array(length));
  const sums = new Float32Array(classes);
  for (let cell = 0; cell < length; cell += 1) {
    const start = cell * count;
    sums.fill(0);
    for (const root of roots) {
      let node = root;
      for (let feature = nodes[node] ?? -1; feature >= 0; feature = nodes[node] ?? -1) {
        const isLeft = (bytes[start + feature] ?? 0) < (limits[node] ?? 0);
        node = (next[node] ?? 0) + (isLeft ? 0 : 1);
      }
      const leaf = next[node] ?? 0;
      for (let own = 0; own < classes; own += 1) {
        sums[own] = (sums[own] ?? 0) + (shares[leaf + own] ?? 0);
      }
    }
    for (let own = 0; own < classes; own += 1) {
      const plane = planes[own];
      if (plane) plane[cell] = (sums[own] ?? 0) / roots.length;
    }
  }
  return planes;
}

/**
 * Numbers that look random and are the same each time (mulberry32), so that the same strokes make
 * the same picture.
 * @param {number} seed
 * @returns {() => number}
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
