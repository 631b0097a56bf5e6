// What the tests of tools share: a real store, services that a test steers, and pointer samples.
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { createStore } from "../../../frontend/src/model/store.js";

export const IMAGE = { id: 1, width: 40, height: 30 };
export const SIZE = /** @type {const} */ ([30, 40]);

/** A mask of whole columns. */
export function columns(first, last) {
  return fromRuns([first * 30, (last - first + 1) * 30, (39 - last) * 30], SIZE);
}

export function object(id, rle, parts = {}) {
  return {
    id,
    label: 1,
    rle,
    z: 0,
    state: "confirmed",
    source: "manual",
    score: null,
    stability: null,
    model: "",
    iscrowd: false,
    attributes: {},
    ...parts,
  };
}

export function sample(x, y, parts = {}) {
  return {
    image: { x, y },
    screen: { x, y },
    primary: true,
    eraser: false,
    shift: false,
    alt: false,
    ctrl: false,
    device: "mouse",
    pressure: 0.5,
    ...parts,
  };
}

export function key(name, parts = {}) {
  return { key: name, code: "", shift: false, alt: false, ctrl: false, ...parts };
}

/** A tool in hand; `asked` holds each prompt with its resolve and reject. */
export function takeInHand(tool, objects = []) {
  const store = createStore({ image: IMAGE, objects });
  const asked = [];
  const notes = [];
  const services = {
    predict: (prompt) =>
      new Promise((resolve, reject) => {
        asked.push({ prompt, resolve, reject });
      }),
    notify: (message, kind) => notes.push([kind, message]),
  };
  const describe = (overlay, status = "") => store.update({ overlay, status });
  const hand = tool.take({ store, services, describe });
  return { store, hand, asked, notes };
}

export function stroke(hand, from, to, parts = {}) {
  hand.down(sample(...from, parts));
  hand.drag([sample(...to, parts)]);
  hand.up(sample(...to, parts));
}

export function click(hand, x, y, parts = {}) {
  hand.down(sample(x, y, parts));
  hand.up(sample(x, y, parts));
}

/** Let every promise that is settled run its course. */
export async function settle() {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}
