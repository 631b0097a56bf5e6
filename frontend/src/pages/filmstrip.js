/**
 * Finds the neighbours of an image, step by step in the order of work, and remembers what it met.
 */

import { fetchImage, fetchNeighbours } from "../api/images.js";

/**
 * @typedef {import("../api/client.js").Client} Client
 * @typedef {import("../api/wire.js").WireImage} WireImage
 * @typedef {import("../api/wire.js").Neighbours} Neighbours
 * @typedef {import("../panels/view.js").Ordering} Ordering
 */

const REACH = 5; // images to each side

export class Filmstrip {
  #client;
  /** @type {Map<number, WireImage>} */
  #images = new Map();
  /** @type {Map<string, Neighbours>} */
  #neighbours = new Map();

  /** @param {Client} client */
  constructor(client) {
    this.#client = client;
  }

  /** @param {WireImage} image as just fetched */
  note(image) {
    this.#images.set(image.id, image);
  }

  /**
   * @param {number} id
   * @param {Ordering} ordering
   * @param {Neighbours} neighbours as just fetched
   */
  noteNeighbours(id, ordering, neighbours) {
    this.#neighbours.set(`${ordering} ${id}`, neighbours);
  }

  /** Orders by uncertainty change with every edit. */
  forgetOrder() {
    this.#neighbours.clear();
  }

  /**
   * @param {WireImage} image
   * @param {Ordering} ordering
   * @param {() => boolean} isWanted false stops the walk: another image is open
   * @returns {Promise<readonly WireImage[]>}
   */
  async around(image, ordering, isWanted) {
    const [before, after] = await Promise.all([
      this.#walk(image.id, ordering, "previous", isWanted),
      this.#walk(image.id, ordering, "next", isWanted),
    ]);
    return [...before.reverse(), image, ...after];
  }

  /**
   * @param {number} start
   * @param {Ordering} ordering
   * @param {"previous" | "next"} way
   * @param {() => boolean} isWanted
   */
  async #walk(start, ordering, way, isWanted) {
    const met = [];
    let id = (await this.#neighboursOf(start, ordering))[way];
    while (id !== null && met.length < REACH && isWanted()) {
      const [image, neighbours] = await Promise.all([
        this.#image(id),
        this.#neighboursOf(id, ordering),
      ]);
      met.push(image);
      id = neighbours[way];
    }
    return met;
  }

  /** @param {number} id */
  async #image(id) {
    const image = this.#images.get(id) ?? (await fetchImage(this.#client, id));
    this.#images.set(id, image);
    return image;
  }

  /**
   * @param {number} id
   * @param {Ordering} ordering
   */
  async #neighboursOf(id, ordering) {
    const key = `${ordering} ${id}`;
    const neighbours =
      this.#neighbours.get(key) ?? (await fetchNeighbours(this.#client, id, ordering));
    this.#neighbours.set(key, neighbours);
    return neighbours;
  }
}
