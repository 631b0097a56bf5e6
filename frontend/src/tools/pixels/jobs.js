/**
 * What a worker does with pixels, by name. A job is a function of its parts and the picture that
 * was put before it; what is costly and asked for again is kept in the picture's cache. Masks travel
 * as they are kept: as RLE.
 */
import { dropIslands, fillHoles } from "../../geometry/components.js";
import { pixelFeatures } from "../../geometry/features.js";
import { alike } from "../../geometry/flood.js";
import { classify, growForest, randomFrom } from "../../geometry/forest.js";
import { maskOfCells } from "../../geometry/frame.js";
import { edgeCosts, waysFrom } from "../../geometry/livewire.js";
import { bordersOf, piecesOf } from "../../geometry/pieces.js";
import { toBitmap, toPatch } from "../../geometry/rle.js";
import { superpixels } from "../../geometry/superpixels.js";
import { grow, shrink, smooth } from "../../geometry/tidy.js";
import { masksOf, settled, verdict } from "../../geometry/verdict.js";

/** @typedef {import("../../types.js").Rle} Rle */
/** @typedef {import("../../geometry/frame.js").Frame} Frame */
/** @typedef {readonly [height: number, width: number]} SizeHw */
/** @typedef {{frame: Frame, rgba: Uint8ClampedArray, sizeHw: SizeHw, cache: Map<string, unknown>}} Picture sizeHw: the image's */
/** @typedef {{picture: Picture | null}} Desk */
/** @typedef {"fillHoles" | "dropIslands" | "grow" | "shrink" | "smooth"} Tidying */

/** @type {Readonly<Record<Tidying, (rle: Rle, amount: number) => Rle>>} */
const TIDYINGS = {
  fillHoles: (rle) => fillHoles(rle),
  dropIslands,
  grow,
  shrink,
  smooth,
};

const SEED = 1; // the same strokes make the same picture

export const JOBS = Object.freeze({
  /**
   * @param {Desk} desk
   * @param {{frame: Frame, rgba: Uint8ClampedArray, sizeHw: SizeHw}} picture
   */
  picture(desk, picture) {
    desk.picture = { ...picture, cache: new Map() };
    return null;
  },

  /**
   * @param {Desk} _desk
   * @param {{how: Tidying, rle: Rle, amount: number}} parts
   * @returns {Rle}
   */
  tidy(_desk, { how, rle, amount }) {
    return TIDYINGS[how](rle, amount);
  },

  /**
   * @param {Desk} desk
   * @param {{seed: number, tolerance: number, spreads: boolean, closed: Rle | null}} parts closed:
   *   pixels that are never taken
   * @returns {Rle}
   */
  alike(desk, { seed, tolerance, spreads, closed }) {
    const { frame, rgba, sizeHw } = pictureOn(desk);
    const cells = closed ? cellsOf(closed, frame) : null;
    return maskOfCells(
      frame,
      alike(rgba, frame, { seed, tolerance, spreads, closed: cells }),
      sizeHw,
    );
  },

  /**
   * @param {Desk} desk
   * @param {{side: number}} parts side of a piece, in cells
   */
  superpixels(desk, { side }) {
    const { frame, rgba } = pictureOn(desk);
    const { labels, count } = superpixels(rgba, frame, side);
    return { ...piecesOf(frame, labels, count), borders: bordersOf(labels, frame.width) };
  },

  /**
   * @param {Desk} desk
   * @param {null} _parts
   * @returns {{costs: Uint8Array}}
   */
  edges(desk, _parts) {
    return { costs: costsOf(pictureOn(desk)).slice() }; // the worker's own copy stays
  },

  /**
   * @param {Desk} desk
   * @param {{seed: number}} parts
   * @returns {{ways: Uint8Array}}
   */
  wire(desk, { seed }) {
    const picture = pictureOn(desk);
    return { ways: waysFrom(costsOf(picture), picture.frame, seed) };
  },

  /**
   * Learn from what was drawn and say of every cell what it is.
   * @param {Desk} desk
   * @param {Lesson} lesson
   */
  learn(desk, { cells, classes, count, embedding }) {
    const picture = pictureOn(desk);
    const features = featuresOf(picture, embedding);
    const forest = growForest(features, cells, classes, count, randomFrom(SEED));
    picture.cache.set("shares", classify(forest, features));
    return null;
  },

  /**
   * What was learned last.
   * @param {Desk} desk
   * @param {{sigma: number}} parts how far cells are talked over by those around
   */
  verdict(desk, { sigma }) {
    const picture = pictureOn(desk);
    return verdict(settled(sharesOf(picture), picture.frame, sigma));
  },

  /**
   * The masks of what was learned last, a class each, of a frame of the whole image.
   * @param {Desk} desk
   * @param {{sigma: number, least: number}} parts least: pixels of a piece that is kept
   * @returns {{masks: Rle[]}}
   */
  learnedMasks(desk, { sigma, least }) {
    const picture = pictureOn(desk);
    const planes = settled(sharesOf(picture), picture.frame, sigma);
    const masks = masksOf(planes, picture.frame, picture.sizeHw);
    return { masks: masks.map((mask) => dropIslands(mask, least)) };
  },
});

/** @typedef {typeof JOBS} Jobs */
/**
 * @typedef {Object} Lesson
 * @property {Int32Array} cells drawn on
 * @property {Uint8Array} classes of those cells
 * @property {number} count of classes
 * @property {import("../../geometry/features.js").Embedding | null} embedding
 */

/**
 * @param {Picture} picture
 * @param {import("../../geometry/features.js").Embedding | null} embedding
 */
function featuresOf({ rgba, frame, sizeHw, cache }, embedding) {
  const name = embedding ? "features with the embedding" : "features";
  const image = { width: sizeHw[1], height: sizeHw[0] };
  const known = /** @type {import("../../geometry/features.js").Features | undefined} */ (
    cache.get(name)
  );
  const features = known ?? pixelFeatures(rgba, frame, { embedding, image });
  cache.set(name, features);
  return features;
}

/** @param {Picture} picture */
function sharesOf({ cache }) {
  const shares = /** @type {Float32Array[] | undefined} */ (cache.get("shares"));
  if (!shares) throw new Error("nothing was learned yet");
  return shares;
}

/**
 * @param {Desk} desk
 * @returns {Picture}
 */
function pictureOn({ picture }) {
  if (!picture) throw new Error("no picture was put before the worker");
  return picture;
}

/**
 * @param {Picture} picture
 * @returns {Uint8Array}
 */
function costsOf({ rgba, frame, cache }) {
  const known = /** @type {Uint8Array | undefined} */ (cache.get("edges"));
  const costs = known ?? edgeCosts(rgba, frame);
  cache.set("edges", costs);
  return costs;
}

/**
 * @param {Rle} rle
 * @param {Frame} frame
 * @returns {Uint8Array} a byte a cell: the mask at the cell's middle
 */
function cellsOf(rle, { x, y, width, height, step }) {
  if (step === 1 && width === rle.size[1] && height === rle.size[0]) return toBitmap(rle);
  const columns = Math.min(width * step, rle.size[1] - x);
  const rows = Math.min(height * step, rle.size[0] - y);
  const { bits } = toPatch(rle, [x, y, columns, rows]);
  const cells = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const from = Math.min(row * step + (step >> 1), rows - 1) * columns;
    for (let column = 0; column < width; column += 1) {
      const at = Math.min(column * step + (step >> 1), columns - 1);
      cells[row * width + column] = bits[from + at] ?? 0;
    }
  }
  return cells;
}
