/**
 * The lanes of this tab and the locks under which they are open. Opening and closing an image go one
 * after the other, and no lane is closed while it holds what no disk has.
 */

/**
 * @typedef {import("./lane.js").Lane} Lane
 * @typedef {import("./locks.js").Held} Held
 * @typedef {{lane: Lane, held: Held, leaving: boolean}} OpenLane
 */

/**
 * @typedef {Object} LanesPorts
 * @property {(image: number, steal: boolean) => Promise<Held | null>} lock
 * @property {import("./handOver.js").HandOver} [handOver]
 * @property {(image: number) => Lane} newLane
 * @property {() => void} tellChanged
 * @property {(image: number) => void} tellLost another tab took the image
 */

export class OpenLanes {
  #ports;
  /** @type {Map<number, OpenLane>} */
  #open = new Map();
  /** @type {Set<Lane>} without a lock, until all is sent that the disk lacks */
  #lost = new Set();
  /** @type {Map<number, Promise<void>>} of images that are being opened or closed: until they are */
  #turns = new Map();

  /** @param {LanesPorts} ports */
  constructor(ports) {
    this.#ports = ports;
    ports.handOver?.onAsked((image) => this.#giveAway(image));
  }

  /** @returns {Lane[]} */
  all() {
    return [...this.#lost, ...[...this.#open.values()].map(({ lane }) => lane)];
  }

  /**
   * @param {number} image
   * @returns {Lane[]} the one that may be written last
   */
  of(image) {
    return this.all().filter((lane) => lane.image === image);
  }

  /**
   * @param {number} image
   * @returns {Lane | null} null: it is not open for writing
   */
  get(image) {
    return this.#open.get(image)?.lane ?? null;
  }

  /** @param {number} image whether this tab writes it and is to go on */
  writes(image) {
    return this.#open.get(image)?.leaving === false;
  }

  /**
   * @param {number} image
   * @param {{steal?: boolean}} options steal: from the tab that has it
   * @returns {Promise<boolean>} false: another tab writes it
   */
  async open(image, { steal = false }) {
    while (this.#turns.has(image)) await this.#turns.get(image);
    const known = this.#open.get(image);
    if (!known) return this.#inTurn(image, this.#enter(image, { steal }));
    known.leaving = false;
    return true;
  }

  /** @param {number} image to be closed once nothing of it is unsent */
  leave(image) {
    const entry = this.#open.get(image);
    if (!entry) return;
    entry.leaving = true;
    this.#closeIfDone(image, entry);
  }

  /** @param {number} image of which an earlier page left something; not if another tab has it */
  async pickUp(image) {
    if (this.#open.has(image) || this.#turns.has(image)) return;
    await this.#inTurn(image, this.#enter(image, { leaving: true }));
  }

  /** Close what is to be closed and holds nothing any more. */
  closeDone() {
    for (const [image, entry] of [...this.#open]) this.#closeIfDone(image, entry);
    for (const lane of [...this.#lost]) if (lane.isDetached) this.#letGo(lane);
  }

  /**
   * A lock is let go before it is asked for again, and two who ask at once share one lane.
   * @template T
   * @param {number} image
   * @param {Promise<T>} work
   */
  #inTurn(image, work) {
    const ended = work.then(noop, noop).then(() => {
      if (this.#turns.get(image) === ended) this.#turns.delete(image);
    });
    this.#turns.set(image, ended);
    return work;
  }

  /**
   * Nobody sees the lane before it has read the disk: until then it only seems to hold nothing.
   * @param {number} image
   * @param {{steal?: boolean, leaving?: boolean}} how
   * @returns {Promise<boolean>} whether it is open
   */
  async #enter(image, { steal = false, leaving = false }) {
    if (steal) await this.#ports.handOver?.ask(image);
    const held = await this.#ports.lock(image, steal);
    if (!held) return false;
    const entry = { lane: this.#ports.newLane(image), held, leaving };
    void held.lost.then(() => this.#lose(image, entry));
    await entry.lane.load();
    if (entry.lane.isDetached) {
      entry.lane.close();
      return false;
    }
    this.#open.set(image, entry);
    this.#ports.tellChanged();
    return this.#open.get(image) === entry;
  }

  /**
   * Another tab wants the image: no edit from now on, the last ones to the disk, then let go.
   * @param {number} image
   */
  async #giveAway(image) {
    const entry = this.#open.get(image);
    if (!entry) return false;
    this.#part(image, entry.lane);
    await entry.lane.settled();
    await entry.lane.detach();
    this.#letGo(entry.lane);
    entry.held.release();
    return true;
  }

  /**
   * @param {number} image
   * @param {OpenLane} entry
   */
  async #lose(image, entry) {
    const detached = entry.lane.detach();
    if (this.#open.get(image) !== entry) return; // closed, or not open yet
    this.#part(image, entry.lane);
    await detached;
    this.#letGo(entry.lane);
  }

  /**
   * @param {number} image
   * @param {Lane} lane
   */
  #part(image, lane) {
    this.#open.delete(image);
    this.#lost.add(lane);
    this.#ports.tellLost(image);
  }

  /**
   * What is left is sent from here: If-Match keeps it from being written over what the other tab does.
   * @param {Lane} lane that is detached
   */
  #letGo(lane) {
    if (lane.rows.length > 0) return;
    this.#lost.delete(lane);
    lane.close();
  }

  /**
   * @param {number} image
   * @param {OpenLane} entry
   */
  #closeIfDone(image, entry) {
    if (this.#open.get(image) !== entry) return;
    if (!entry.leaving || entry.lane.rows.length > 0) return;
    this.#open.delete(image);
    void this.#inTurn(image, closed(entry));
  }
}

/** @param {OpenLane} entry of which nothing is unsent */
async function closed({ lane, held }) {
  await lane.settled();
  lane.close();
  held.release();
  await held.lost;
}

const noop = () => {};
