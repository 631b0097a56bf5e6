/**
 * What a pixel classifier sees of each cell: colour, colour around it at three scales, how steep and
 * how rough the picture is there, after ilastik (Berg et al., 2019). A byte a feature, the features
 * of a cell beside each other.
 */
import { blur } from "./blur.js";
import { toLab } from "./lab.js";

/** @typedef {{readonly width: number, readonly height: number}} Size */
/** @typedef {{readonly count: number, readonly bytes: Uint8Array}} Features count: of each cell */
/**
 * What a model knows of the picture, on a coarse grid that the image's longer side spans.
 * @typedef {Object} Embedding
 * @property {Float32Array} data channel by channel, row-major
 * @property {number} channels
 * @property {number} side of the grid
 */

const SCALES = [1.5, 4, 9]; // sigma in cells
const ROUGH_SCALES = [2, 6];
const CUT_OFF = 0.005; // share of values at either end that may fall together
const MOST_SORTED = 20_000;
const MOST_CHANNELS = 8; // of an embedding: those that differ most over the picture

/**
 * @param {Uint8ClampedArray} rgba row-major, 4 bytes a cell
 * @param {Size} size
 * @param {{embedding?: Embedding | null, image?: Size}} [more] image: whose sides the grid spans
 * @returns {Features}
 */
export function pixelFeatures(rgba, size, { embedding = null, image = size } = {}) {
  const [lightness, a, b] = toLab(rgba);
  const planes = [lightness, a, b];
  const blurred = SCALES.map((sigma) => [lightness, a, b].map((plane) => blur(plane, size, sigma)));
  planes.push(...blurred.flat());
  const light = blurred.map(([plane]) => plane ?? lightness);
  for (const plane of light.slice(0, 2)) planes.push(steepness(plane, size));
  light.slice(1).forEach((coarse, index) => {
    planes.push(difference(light[index] ?? lightness, coarse));
  });
  for (const sigma of ROUGH_SCALES) planes.push(roughness(lightness, size, sigma));
  if (embedding) planes.push(...embedded(embedding, size, image));
  return packed(planes);
}

/**
 * @param {Float32Array} plane
 * @param {Size} size
 */
function steepness(plane, { width, height }) {
  const steep = new Float32Array(plane.length);
  for (let y = 0; y < height; y += 1) {
    const above = Math.max(y - 1, 0) * width;
    const below = Math.min(y + 1, height - 1) * width;
    for (let x = 0; x < width; x += 1) {
      const row = y * width;
      const dx =
        (plane[row + Math.min(x + 1, width - 1)] ?? 0) - (plane[row + Math.max(x - 1, 0)] ?? 0);
      const dy = (plane[below + x] ?? 0) - (plane[above + x] ?? 0);
      steep[row + x] = Math.sqrt(dx * dx + dy * dy);
    }
  }
  return steep;
}

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function difference(a, b) {
  return a.map((value, at) => value - (b[at] ?? 0));
}

/**
 * Standard deviation of what lies around each cell.
 * @param {Float32Array} plane
 * @param {Size} size
 * @param {number} sigma
 */
function roughness(plane, size, sigma) {
  const mean = blur(plane, size, sigma);
  const meanSquare = blur(
    plane.map((value) => value * value),
    size,
    sigma,
  );
  return meanSquare.map((square, at) => Math.sqrt(Math.max(square - (mean[at] ?? 0) ** 2, 0)));
}

/**
 * The channels of an embedding that differ most over the picture, between the grid's points.
 * @param {Embedding} embedding
 * @param {Size} size
 * @param {Size} image
 * @returns {Float32Array[]}
 */
function embedded({ data, channels, side }, { width, height }, image) {
  const longer = Math.max(image.width, image.height);
  const span = { width: (side * image.width) / longer, height: (side * image.height) / longer };
  const spreads = Array.from({ length: channels }, (_value, channel) => ({
    channel,
    spread: spreadOf(data.subarray(channel * side * side, (channel + 1) * side * side)),
  }));
  spreads.sort((a, b) => b.spread - a.spread);
  return spreads.slice(0, MOST_CHANNELS).map(({ channel }) => {
    const grid = data.subarray(channel * side * side, (channel + 1) * side * side);
    const plane = new Float32Array(width * height);
    for (let at = 0; at < plane.length; at += 1) {
      const x = (((at % width) + 0.5) / width) * span.width - 0.5;
      const y = ((Math.floor(at / width) + 0.5) / height) * span.height - 0.5;
      plane[at] = between(grid, side, x, y);
    }
    return plane;
  });
}

/** @param {Float32Array} values */
function spreadOf(values) {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  return squares / values.length - (sum / values.length) ** 2;
}

/**
 * @param {Float32Array} grid
 * @param {number} side
 * @param {number} x
 * @param {number} y
 */
function between(grid, side, x, y) {
  const left = Math.min(Math.max(Math.floor(x), 0), side - 1);
  const top = Math.min(Math.max(Math.floor(y), 0), side - 1);
  const [right, bottom] = [Math.min(left + 1, side - 1), Math.min(top + 1, side - 1)];
  const [u, v] = [Math.min(Math.max(x - left, 0), 1), Math.min(Math.max(y - top, 0), 1)];
  const at = (/** @type {number} */ row, /** @type {number} */ column) =>
    grid[row * side + column] ?? 0;
  const upper = at(top, left) * (1 - u) + at(top, right) * u;
  return upper * (1 - v) + (at(bottom, left) * (1 - u) + at(bottom, right) * u) * v;
}

/**
 * @param {readonly Float32Array[]} planes
 * @returns {Features}
 */
function packed(planes) {
  const count = planes.length;
  const length = planes[0]?.length ?? 0;
  const bytes = new Uint8Array(count * length);
  planes.forEach((plane, feature) => {
    const [low, high] = ends(plane);
    const scale = high > low ? 255 / (high - low) : 0;
    for (let at = 0; at < length; at += 1) {
      const value = ((plane[at] ?? 0) - low) * scale;
      bytes[at * count + feature] = Math.min(Math.max(Math.round(value), 0), 255);
    }
  });
  return { count, bytes };
}

/**
 * @param {Float32Array} plane
 * @returns {[number, number]} between which all but a few values lie; found from some of many
 */
function ends(plane) {
  const every = Math.max(Math.floor(plane.length / MOST_SORTED), 1);
  const risen = new Float32Array(Math.ceil(plane.length / every));
  for (let at = 0; at < risen.length; at += 1) risen[at] = plane[at * every] ?? 0;
  risen.sort();
  const off = Math.floor(risen.length * CUT_OFF);
  return [risen[off] ?? 0, risen[risen.length - 1 - off] ?? 0];
}
