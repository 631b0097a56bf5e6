/** The one animation frame of the editor: whoever is dirty is drawn once, in the next frame. */

/** @typedef {"image" | "masks" | "top"} LayerName */

export class Frames {
  /** @type {Set<LayerName>} */
  #dirty = new Set();
  #draw;
  #handle = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(dirty: ReadonlySet<LayerName>, time: number) => void} draw */
  constructor(draw) {
    this.#draw = draw;
  }

  /** @param {readonly LayerName[]} layers */
  request(layers) {
    if (layers.length === 0) return;
    for (const layer of layers) this.#dirty.add(layer);
    if (this.#handle === 0) this.#handle = requestAnimationFrame((time) => this.#frame(time));
  }

  /**
   * Ask again later: an animation that needs no more than this many frames a second.
   * @param {readonly LayerName[]} layers
   * @param {number} delay ms
   */
  requestLater(layers, delay) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.request(layers), delay);
  }

  stop() {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
  }

  /** @param {number} time */
  #frame(time) {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    this.#handle = 0;
    this.#draw(dirty, time);
  }
}

/**
 * Once, in the next frame: what asks where things are, when the browser lays the page out anyway.
 * @param {() => void} act
 */
export function inNextFrame(act) {
  requestAnimationFrame(act);
}

/**
 * Once, after the next frame was painted: what can wait until something else is seen.
 * @param {() => void} act
 */
export function afterNextFrame(act) {
  requestAnimationFrame(() => setTimeout(act));
}
