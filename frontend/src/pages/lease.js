/**
 * Tells others that somebody is at work on an image, and tells the person when somebody else is.
 */

import { ApiProblem } from "../api/client.js";
import { holdLease } from "../api/images.js";

const RENEW_MS = 10 * 60_000; // a third of what the server grants
const CONFLICT = 409;

export class Lease {
  #client;
  #say;
  #image = 0;
  #heldAt = Number.NEGATIVE_INFINITY;

  /**
   * @param {import("../api/client.js").Client} client
   * @param {(words: string) => void} say
   */
  constructor(client, say) {
    this.#client = client;
    this.#say = say;
  }

  /** @param {number} image that was just changed */
  async keep(image) {
    const now = Date.now();
    if (image === this.#image && now - this.#heldAt < RENEW_MS) return;
    this.#image = image;
    this.#heldAt = now;
    try {
      await holdLease(this.#client, image);
    } catch (error) {
      // Only a courtesy: whatever else went wrong, saving tells it better.
      if (error instanceof ApiProblem && error.status === CONFLICT) this.#say(error.message);
    }
  }
}
