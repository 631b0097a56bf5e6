/**
 * Which image a step leads to. Keys come faster than answers do: the images around the last known one
 * tell at once how to go on from one that is still being opened; where they do not reach, a step
 * waits until it is known.
 */
import { fetchSurroundings } from "../api/images.js";

/** @typedef {import("../api/client.js").Client} Client */
/** @typedef {import("../api/wire.js").Surroundings} Around */
/** @typedef {import("../panels/view.js").Ordering} Ordering */
/** @typedef {"previous" | "next"} Way */

const FILM_REACH = 12; // images to each side

export class Surroundings {
  #fetch;
  /** @type {readonly number[]} images in the order of work */
  #ids = [];
  /** @type {number | null} in whose surroundings these are */
  #centre = null;
  /** @type {number | null} opened, or on its way */
  #bound = null;
  /** @type {Promise<void>} until the surroundings of the image opened last are known, or will not be */
  #known = Promise.resolve();
  /** @type {(() => void) | null} */
  #tell = null;
  #looks = 0; // begun; answers to earlier ones may be of another order of work

  /** @param {(id: number, ordering: Ordering) => Promise<Around>} fetch */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** @param {number} id of an image that is being opened */
  headFor(id) {
    this.#bound = id;
    if (this.#tell) return;
    this.#known = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  /**
   * @param {number} id of the image that lies open
   * @param {Ordering} ordering
   * @returns {Promise<Around>}
   */
  async look(id, ordering) {
    this.headFor(id);
    this.#looks += 1;
    const look = this.#looks;
    const isLast = () => this.#bound === id && this.#looks === look;
    try {
      const around = await this.#fetch(id, ordering);
      if (isLast()) this.#keep(id, around);
      return around;
    } finally {
      if (isLast()) this.settle();
    }
  }

  /** The order of work is another one. */
  forget() {
    this.#ids = [];
    this.#centre = null;
  }

  /** Nothing more will come to be known; whoever waits goes on with what there is. */
  settle() {
    this.#tell?.();
    this.#tell = null;
  }

  /**
   * Head for the image there; of steps that wait each goes one further.
   * @param {Way} way
   * @returns {Promise<number | null | undefined>} its id; null at the end, undefined where nobody
   *   knows
   */
  async step(way) {
    let beside = this.#beside(way);
    while (beside === undefined && this.#tell) {
      await this.#known;
      beside = this.#beside(way);
    }
    if (beside) this.headFor(beside);
    return beside;
  }

  /**
   * @param {number} id
   * @param {Around} around
   */
  #keep(id, { before, after }) {
    this.#ids = [...before.map((one) => one.id), id, ...after.map((one) => one.id)];
    this.#centre = id;
  }

  /** @param {Way} way */
  #beside(way) {
    const place = this.#ids.indexOf(this.#bound ?? Number.NaN);
    if (place < 0) return undefined;
    const id = this.#ids[place + (way === "next" ? 1 : -1)];
    return id ?? (this.#centre === this.#bound ? null : undefined);
  }
}

/**
 * @param {Client} client
 * @returns {(id: number, ordering: Ordering) => Promise<Around>}
 */
export function surroundingsFrom(client) {
  return (id, ordering) => fetchSurroundings(client, id, { ordering, reach: FILM_REACH });
}
