/**
 * Asking the tab that writes an image to finish writing and let go, before its lock is taken away:
 * an edit of the last moment is on its way to the disk, and must not be lost between two tabs.
 */

const PATIENCE_MS = 1_500; // a frozen tab never answers; then the lock is taken

/**
 * @typedef {Object} HandOver
 * @property {(image: number) => Promise<void>} ask settles when the other tab has let go, or in
 *   vain
 * @property {(give: (image: number) => Promise<boolean>) => void} onAsked give: false if it does
 *   not write that image
 */

/**
 * @param {string} scope data folder and user
 * @param {{patience_ms?: number}} [options]
 * @returns {HandOver}
 */
export function tabHandOver(scope, { patience_ms = PATIENCE_MS } = {}) {
  if (typeof BroadcastChannel === "undefined") return { ask: async () => {}, onAsked: () => {} };
  const channel = new BroadcastChannel(`${scope}:hand over`);
  /** @type {Map<number, () => void>} */
  const waiting = new Map();
  /** @type {(image: number) => Promise<boolean>} */
  let give = async () => false;
  channel.onmessage = async ({ data }) => {
    if (data?.given) waiting.get(data.given)?.();
    if (data?.wanted && (await give(data.wanted))) channel.postMessage({ given: data.wanted });
  };
  return {
    ask: (image) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, patience_ms);
        waiting.set(image, () => {
          clearTimeout(timer);
          resolve();
        });
        channel.postMessage({ wanted: image });
      }),
    onAsked: (given) => {
      give = given;
    },
  };
}
