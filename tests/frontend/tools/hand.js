// What the tests of tools share: a real store, services that a test steers, and pointer samples.
import { fromRuns } from "../../../frontend/src/geometry/rle.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { Bench } from "../../../frontend/src/tools/pixels/bench.js";
import { serve } from "../../../frontend/src/tools/pixels/port.js";

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

/** The worker's end in this process: what is asked goes through the same wire and the same jobs. */
export function startHere() {
  const port = {
    onmessage: null,
    postMessage: (data, transfer) => post(inner, data, transfer),
    terminate() {},
  };
  const inner = { onmessage: null, postMessage: (data, transfer) => post(port, data, transfer) };
  serve(inner);
  return port;
}

function post(to, data, transfer) {
  const copy = structuredClone(data, { transfer });
  queueMicrotask(() => to.onmessage?.({ data: copy }));
}

/** The pixels of a frame of a picture of one colour a letter, as `colors` says. */
export function painted(rows, colors) {
  return async ({ x, y, width, height, step }) => {
    const rgba = new Uint8ClampedArray(4 * width * height);
    for (let row = 0; row < height; row += 1)
      for (let column = 0; column < width; column += 1) {
        const letter = rows[y + row * step]?.[x + column * step] ?? ".";
        rgba.set([...(colors[letter] ?? [0, 0, 0]), 255], 4 * (row * width + column));
      }
    return rgba;
  };
}

/** A tool in hand; `asked` holds each prompt with its resolve and reject. */
export function takeInHand(
  tool,
  objects = [],
  { read = painted([], {}), panoptic = false, ...lent } = {},
) {
  const store = createStore({ image: IMAGE, objects, panoptic });
  store.update({ stage: { width: 40, height: 30 } });
  const asked = [];
  const notes = [];
  const services = {
    predict: (prompt) =>
      new Promise((resolve, reject) => {
        asked.push({ prompt, resolve, reject });
      }),
    notify: (message, kind) => notes.push([kind, message]),
    pixels: new Bench({ store, read, start: startHere }),
    ...lent,
  };
  const describe = (overlay, status = "") => store.update({ overlay, status });
  const cursors = [];
  const hand = tool.take({ store, services, describe, cursor: (name) => cursors.push(name) });
  return { store, hand, asked, notes, cursors };
}

export function stroke(hand, from, to, parts = {}) {
  hand.down(sample(...from, parts));
  hand.drag([sample(...to, parts)]);
  hand.up(sample(...to, parts));
}

export function click(hand, x, y, parts = {}) {
  hand.down(sample(x, y, parts));
  hand.up?.(sample(x, y, parts));
}

/** Let every promise that is settled run its course. */
export async function settle() {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

/** Let the worker answer everything it was asked. */
export async function answered({ store }) {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  for (let turn = 0; turn < 100 && store.state.session.busy; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 1));
}
