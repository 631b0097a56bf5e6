/**
 * Copy, paste, duplicate, copy to the next image. On an image of another size a mask keeps its place
 * from the left top corner and is cut at the border, which is said. Where the same mask lies already
 * the copy is set off to the right and down: it would hide what it was copied from, and in a panoptic
 * project take all its pixels.
 */

import { area } from "../geometry/rle.js";
import { placedOn, shift } from "../geometry/sets.js";
import { addObjects } from "../model/actions/addObjects.js";
import { newId } from "../model/ids.js";
import { leaveToOthers } from "../model/overlap.js";
import { counted } from "../panels/wording.js";
import { t } from "../texts.js";
import { picked } from "./commands.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").Rle} Rle */
/** @typedef {(words: string, kind: "info" | "good" | "warn") => void} Say */

const OFFSET_PX = 10; // image_px

export class Clipboard {
  /** @type {readonly Readonly<MaskObject>[]} */
  #copied = [];
  #say;

  /** @param {Say} say */
  constructor(say) {
    this.#say = say;
  }

  /** @param {EditorStore} store */
  copy(store) {
    const objects = picked(store);
    if (objects.length === 0) return false;
    this.#copied = objects;
    this.#say(
      t("{what} copied. Ctrl+V pastes, also on other images.", {
        what: counted(objects.length, "object"),
      }),
      "info",
    );
    return true;
  }

  /** @param {EditorStore} store */
  paste(store) {
    if (this.#copied.length === 0) return false;
    putCopies(store, this.#copied, t("Paste"), this.#say);
    return true;
  }

  /** @param {EditorStore} store */
  duplicate(store) {
    const objects = picked(store);
    if (objects.length === 0) return false;
    putCopies(store, objects, t("Duplicate"), this.#say);
    return true;
  }

  /**
   * @param {EditorStore} store
   * @param {() => Promise<EditorStore | null>} next opens the next image; null: there is none
   */
  copyToNext(store, next) {
    const objects = picked(store);
    if (objects.length === 0) return false;
    void next().then((there) => {
      if (there && putCopies(there, objects, t("Copy from the image before"), this.#say))
        this.#say(
          t("{what} copied to this image.", { what: counted(objects.length, "object") }),
          "good",
        );
    });
    return true;
  }
}

/**
 * @param {EditorStore} store
 * @param {readonly Readonly<MaskObject>[]} objects
 * @param {string} words of the undo step
 * @param {Say} say
 * @returns {boolean} whether at least one was put there
 */
export function putCopies(store, objects, words, say) {
  const { width, height } = store.state.document.image;
  const copies = objects.map((object) => {
    const placed = placedOn(object.rle, [height, width]);
    return {
      object,
      rle: leaveToOthers(store.state, setOff(store, placed)),
      isCut: area(placed) < area(object.rle),
    };
  });
  const whole = copies.filter(({ rle }) => area(rle) > 0);
  if (whole.length === 0) {
    say(
      t("Nothing of it would lie on free pixels of this image ({width} × {height}).", {
        width,
        height,
      }),
      "warn",
    );
    return false;
  }
  const ids = whole.map(() => newId());
  const additions = whole.map(({ object: { label, iscrowd, attributes }, rle }, index) => {
    return { id: ids[index], rle, label, iscrowd, attributes };
  });
  if (!store.dispatch(addObjects({ objects: additions, words }))) return false;
  store.update({ selection: ids });
  const cut = whole.filter(({ isCut }) => isCut).length;
  const lost = copies.length - whole.length;
  if (cut > 0)
    say(
      t("{what} cut at the border: this image is {width} × {height}.", {
        what: counted(cut, "mask"),
        width,
        height,
      }),
      "warn",
    );
  if (lost > 0)
    say(
      t("{what} left out: nothing of it would lie on free pixels.", {
        what: counted(lost, "object"),
      }),
      "warn",
    );
  return true;
}

/**
 * @param {EditorStore} store
 * @param {Rle} rle
 * @returns {Rle} moved until no confirmed object or suggestion has the same mask
 */
function setOff(store, rle) {
  const { objects } = store.state.document;
  const known = new Set(
    [...objects.values()].filter(({ state }) => state !== "rejected").map((one) => one.rle.counts),
  );
  let free = rle;
  while (known.has(free.counts) && area(free) > 0) free = shift(free, OFFSET_PX, OFFSET_PX);
  return area(free) > 0 ? free : rle;
}
