/**
 * What differs between two states of the masks. Three looks that need no colour to be told apart:
 * light stripes rising to the right (added), dark stripes falling (removed), plain grey (unchanged).
 * A large image's masks are held as far as they are seen, as everywhere.
 */
import { DIFF_LOOKS } from "../model/colors.js";
import { MaskBuffer } from "./maskBuffer.js";
import { clear, createSurface, enterImage, resize, toRgb } from "./surface.js";
import { layTile, tileOf } from "./tiles.js";

/** @typedef {import("../model/maskDiff.js").DiffMasks} DiffMasks */
/** @typedef {import("../types.js").Viewport} Viewport */
/** @typedef {keyof DiffMasks} DiffKind */
/** @typedef {(typeof DIFF_LOOKS)[DiffKind]} Look */

/** @type {readonly DiffKind[]} the lowest first */
const KINDS = ["same", "removed", "added"];
const ANY = "#ffffff"; // of the buffers, whose shape alone counts
const PERIOD = 9; // screen_px from stripe to stripe
const STRIPE = 0.34; // of the period

export class DiffMarks {
  #scratch = createSurface(1, 1);
  /** @type {Record<DiffKind, MaskBuffer> | null} */
  #buffers = null;
  /** @type {DiffMasks | null} what the buffers hold */
  #held = null;

  /**
   * @param {import("./surface.js").Surface} surface
   * @param {DiffMasks} masks
   * @param {{image: {width: number, height: number}, view: Viewport, density: number,
   *   sight: import("../types.js").BoxXywh}} place sight: image_px, what is seen
   */
  draw({ canvas, context }, masks, { image, view, density, sight }) {
    this.#buffers ??= {
      same: new MaskBuffer(image),
      removed: new MaskBuffer(image),
      added: new MaskBuffer(image),
    };
    const isOther = masks !== this.#held;
    this.#held = masks;
    for (const kind of KINDS) {
      const buffer = this.#buffers[kind];
      if (buffer.aim(sight, view.scale * density) || isOther)
        buffer.repaintAll(masks[kind].map((rle) => ({ rle, color: ANY })));
      if (masks[kind].length === 0) continue;
      resize(this.#scratch, canvas.width, canvas.height);
      clear(this.#scratch);
      enterImage(this.#scratch.context, view, density);
      this.#scratch.context.imageSmoothingEnabled = view.scale < 1;
      buffer.draw(this.#scratch.context, view.scale * density);
      dress(this.#scratch, DIFF_LOOKS[kind], view, density);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.globalAlpha = DIFF_LOOKS[kind].alpha;
      context.drawImage(this.#scratch.canvas, 0, 0);
      context.globalAlpha = 1;
    }
  }

  /** Nothing is compared any more: the pictures of it may go. */
  forget() {
    this.#buffers = null;
    this.#held = null;
  }
}

/**
 * Paint what is on a surface in a look's stripes.
 * @param {import("./surface.js").Surface} surface
 * @param {Look} look
 * @param {Viewport} view
 * @param {number} density
 */
function dress(surface, { base, stripe, rises }, view, density) {
  const size = Math.max(Math.round(PERIOD * density), 2);
  const [ground, mark] = [base, stripe].map((color) => [...toRgb(color), 255]);
  const tile = tileOf(`diff ${base} ${stripe} ${rises}`, size, (x, y) => {
    const along = rises ? x + y : x - y + size;
    return (along % size < size * STRIPE ? mark : ground) ?? null;
  });
  layTile(surface, tile, "source-in", view, density);
}
