/** Fetches what an image needs to be opened, and the next one ahead of time. */

import { fetchAnnotations, fetchImage } from "../api/images.js";

/**
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../api/wire.js").WireImage} WireImage
 * @typedef {import("../api/wire.js").WireAnnotation} WireAnnotation
 */

/** @typedef {{image: WireImage, annotations: readonly WireAnnotation[], picture: HTMLImageElement}} ImageParts */

/** A prefetched image older than this is fetched again: others may have changed it. */
const FRESH_MS = 30_000;

export class ImageLoader {
  #client;
  /** @type {{id: number, at: number, parts: Promise<ImageParts>} | null} */
  #ahead = null;

  /** @param {Client} client */
  constructor(client) {
    this.#client = client;
  }

  /**
   * @param {number} id
   * @returns {Promise<ImageParts>}
   */
  load(id) {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead?.id === id && Date.now() - ahead.at < FRESH_MS)
      return ahead.parts.catch(() => this.#fetch(id));
    return this.#fetch(id);
  }

  /** @param {number} id likely to be opened next */
  prefetch(id) {
    if (this.#ahead?.id === id && Date.now() - this.#ahead.at < FRESH_MS) return;
    const parts = this.#fetch(id);
    parts.catch(() => {}); // load() asks again and tells
    this.#ahead = { id, at: Date.now(), parts };
  }

  /** @param {number} id */
  async #fetch(id) {
    const [image, annotations] = await Promise.all([
      fetchImage(this.#client, id),
      fetchAnnotations(this.#client, id),
    ]);
    return { image, annotations, picture: await fetchPicture(image.file) };
  }
}

/** @param {string} address */
async function fetchPicture(address) {
  const picture = new Image();
  picture.decoding = "async";
  picture.src = new URL(address, location.href).pathname;
  try {
    await picture.decode();
  } catch {
    throw new Error("The picture's file cannot be shown; the server may have lost it.");
  }
  return picture;
}
