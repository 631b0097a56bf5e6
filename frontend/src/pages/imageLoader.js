/**
 * Fetches what an image needs to be opened, and the next ones ahead of time. A picture never
 * changes; what is drawn on it does, so that a while later only this is asked for again.
 */

import { fetchAnnotations, fetchImage } from "../api/images.js";

/**
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../api/wire.js").WireImage} WireImage
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 */

/** @typedef {{image: WireImage, annotations: readonly WireAnnotation[]}} ImageFacts */
/** @typedef {ImageFacts & {picture: HTMLImageElement}} ImageParts */
/**
 * @typedef {Object} ImageSource
 * @property {(id: number) => Promise<ImageFacts>} facts
 * @property {(id: number) => Promise<HTMLImageElement>} picture
 */
/** @typedef {{at: number, facts: Promise<ImageFacts>, picture: Promise<HTMLImageElement>}} Ahead */

/** What was drawn longer ago than this is fetched again: others may have changed it. */
const FRESH_MS = 30_000;
/** Pictures are held decoded: a few, or large ones would fill the memory. */
const MAX_AHEAD = 3;

export class ImageLoader {
  #source;
  #now;
  /** @type {Map<number, Ahead>} in the order of asking */
  #ahead = new Map();

  /**
   * @param {ImageSource} source
   * @param {() => number} [now] ms
   */
  constructor(source, now = Date.now) {
    this.#source = source;
    this.#now = now;
  }

  /**
   * What was fetched ahead serves once; what failed then is tried again, and tells now.
   * @param {number} id
   * @returns {Promise<ImageParts>}
   */
  async load(id) {
    const { facts, picture } = this.#source;
    const ahead = this.#ahead.get(id);
    this.#ahead.delete(id);
    const pictured = ahead ? ahead.picture.catch(() => picture(id)) : picture(id);
    pictured.catch(() => {}); // told below, after a refusal of the facts, which says more
    const isFresh = ahead && this.#isFresh(ahead);
    const known = await (isFresh ? ahead.facts.catch(() => facts(id)) : facts(id));
    return { ...known, picture: await pictured };
  }

  /**
   * One after the other, the likeliest first: together they would all come later.
   * @param {readonly number[]} ids likely to be opened next
   */
  async prefetchAll(ids) {
    for (const id of ids) await this.#prefetch(id);
  }

  /** @param {number} id */
  async #prefetch(id) {
    let ahead = this.#ahead.get(id);
    if (!ahead || !this.#isFresh(ahead)) {
      const picture = ahead?.picture ?? this.#source.picture(id);
      ahead = { at: this.#now(), facts: this.#source.facts(id), picture };
      this.#ahead.delete(id);
      this.#ahead.set(id, ahead);
      this.#forgetOldest();
    }
    await Promise.allSettled([ahead.facts, ahead.picture]);
  }

  #forgetOldest() {
    for (const id of this.#ahead.keys()) {
      if (this.#ahead.size <= MAX_AHEAD) return;
      this.#ahead.delete(id);
    }
  }

  /** @param {Ahead} ahead */
  #isFresh({ at }) {
    return this.#now() - at < FRESH_MS;
  }
}

/**
 * @param {Client} client
 * @returns {ImageSource}
 */
export function imagesFrom(client) {
  return {
    facts: async (id) => {
      const [image, annotations] = await Promise.all([
        fetchImage(client, id),
        fetchAnnotations(client, id),
      ]);
      return { image, annotations };
    },
    picture: (id) => fetchPicture(`${client.base}images/${id}/file/`),
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
    throw new Error("The picture's file cannot be shown; the server may have lost it.");
  }
  return picture;
}
