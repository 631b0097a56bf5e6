/**
 * Fetches what an image needs to be opened, and the next ones ahead of time. A picture never
 * changes, and those looked at last are kept, so that a step back is as quick as one ahead; what is
 * drawn on it does change, so that a while later this is asked for again.
 */

import { fetchAnnotations, fetchImage } from "../api/images.js";
import { tileSource } from "../api/tiles.js";
import { Pyramid } from "../render/pyramid.js";
import { t } from "../texts.js";

/**
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../api/wire.js").WireImage} WireImage
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 */

/** @typedef {HTMLImageElement | Pyramid} Picture */
/** @typedef {{image: WireImage, annotations: readonly WireAnnotation[]}} ImageFacts */
/**
 * saves: how many changes of the image the server had acknowledged here when it was asked
 * @typedef {ImageFacts & {picture: Picture, saves: number}} ImageParts
 */
/**
 * @typedef {Object} ImageSource
 * @property {(id: number) => {image: Promise<WireImage>, facts: Promise<ImageFacts>}} facts
 * @property {(id: number, image: Promise<WireImage>) => Promise<Picture>} picture large images have
 *   another kind of it, so that the image's facts come first
 */
/**
 * @typedef {Object} Ahead
 * @property {number} at
 * @property {number} saves
 * @property {Promise<WireImage>} image
 * @property {Promise<ImageFacts>} facts
 */

/** What was drawn longer ago than this is fetched again: others may have changed it. */
const FRESH_MS = 30_000;
/** Pictures are held decoded: a few, or large ones would fill the memory. */
const MAX_KEPT = 6;
const AHEAD = 2;

export class ImageLoader {
  #source;
  #now;
  #saves;
  #turn = 0;
  /** @type {Map<number, Ahead>} */
  #ahead = new Map();
  /** @type {Map<number, Promise<Picture>>} the one asked for last comes last */
  #pictures = new Map();

  /**
   * @param {ImageSource} source
   * @param {{saves?: (id: number) => number, now?: () => number}} [options] saves: how many changes
   *   of an image the server has acknowledged here; now: ms
   */
  constructor(source, { saves = () => 0, now = Date.now } = {}) {
    this.#source = source;
    this.#saves = saves;
    this.#now = now;
  }

  /**
   * Facts fetched ahead serve once; what failed then is tried again, and tells now. Prefetching
   * stops, so that it does not stand in the way.
   * @param {number} id
   * @returns {Promise<ImageParts>}
   */
  async load(id) {
    this.#turn += 1;
    const ahead = this.#ahead.get(id);
    this.#ahead.delete(id);
    const isFresh = ahead !== undefined && this.#isFresh(id, ahead);
    const asked = isFresh ? ahead : this.#ask(id);
    const pictured = this.#pictureOf(id, asked.image);
    pictured.catch(() => {}); // told below, after a refusal of the facts, which says more
    const facts = await (isFresh
      ? asked.facts.catch(() => this.#source.facts(id).facts)
      : asked.facts);
    const picture = await this.#insisted(id, pictured, facts.image);
    return { ...facts, picture, saves: asked.saves };
  }

  /**
   * One after the other, the likeliest first: together they would all come later.
   * @param {readonly number[]} ids likely to be opened next
   */
  async prefetchAll(ids) {
    const turn = this.#turn;
    for (const id of ids) {
      if (turn !== this.#turn) return;
      await this.#prefetch(id);
    }
  }

  /** @param {number} id */
  async #prefetch(id) {
    let ahead = this.#ahead.get(id);
    if (!ahead || !this.#isFresh(id, ahead)) {
      ahead = this.#ask(id);
      this.#ahead.set(id, ahead);
      forgetOldest(this.#ahead);
    }
    await Promise.allSettled([ahead.facts, this.#pictureOf(id, ahead.image)]);
  }

  /** @param {number} id */
  #ask(id) {
    const saves = this.#saves(id); // before the question: what is saved meanwhile may not be in it
    const { image, facts } = this.#source.facts(id);
    image.catch(() => {}); // the facts tell
    facts.catch(() => {}); // whoever opens it hears
    return { at: this.#now(), saves, image, facts };
  }

  /**
   * @param {number} id
   * @param {Promise<WireImage>} image
   */
  #pictureOf(id, image) {
    const picture = this.#pictures.get(id) ?? this.#source.picture(id, image);
    this.#pictures.delete(id);
    this.#pictures.set(id, picture);
    forgetOldest(this.#pictures);
    return picture;
  }

  /**
   * @param {number} id
   * @param {Promise<Picture>} pictured
   * @param {WireImage} image
   */
  async #insisted(id, pictured, image) {
    try {
      return await pictured;
    } catch {
      this.#pictures.delete(id);
      return this.#pictureOf(id, Promise.resolve(image));
    }
  }

  /**
   * @param {number} id
   * @param {Ahead} ahead
   */
  #isFresh(id, { at, saves }) {
    return saves === this.#saves(id) && this.#now() - at < FRESH_MS;
  }
}

/**
 * Two on in the way that a person goes, and one back: the nearest on each side first.
 * @param {readonly WireImage[]} before the nearest one last
 * @param {readonly WireImage[]} after
 * @param {"previous" | "next"} way
 */
export function likelyNext(before, after, way) {
  const backwards = [...before].reverse();
  const [onwards, back] = way === "next" ? [after, backwards] : [backwards, after];
  const [first, ...others] = onwards.slice(0, AHEAD);
  return [...(first ? [first] : []), ...back.slice(0, 1), ...others];
}

/** @param {Map<number, unknown>} kept */
function forgetOldest(kept) {
  for (const id of kept.keys()) {
    if (kept.size <= MAX_KEPT) return;
    kept.delete(id);
  }
}

/**
 * @param {Client} client
 * @returns {ImageSource}
 */
export function imagesFrom(client) {
  return {
    facts: (id) => {
      const image = fetchImage(client, id);
      const both = Promise.all([image, fetchAnnotations(client, id)]);
      return { image, facts: both.then(([known, annotations]) => ({ image: known, annotations })) };
    },
    picture: async (id, image) => {
      const { width, height, tiles } = await image;
      if (!tiles) return fetchPicture(`${client.base}images/${id}/file/`);
      const pyramid = new Pyramid({ width, height }, tiles, tileSource(tiles));
      await pyramid.whole();
      return pyramid;
    },
  };
}

/** @param {string} address */
async function fetchPicture(address) {
  const picture = new Image();
  picture.decoding = "async";
  picture.src = address;
  try {
    await picture.decode();
  } catch {
    throw new Error(t("The picture's file cannot be shown; the server may have lost it."));
  }
  return picture;
}
