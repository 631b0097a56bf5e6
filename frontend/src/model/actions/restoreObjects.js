import { withObjects } from "../document.js";
import { sameObject } from "../sameObject.js";
import { inWords } from "./action.js";
import { claimPixels } from "./claimPixels.js";

/** @typedef {import("../../types.js").MaskObject} MaskObject */
/**
 * @typedef {Object} Claims in a panoptic document
 * @property {readonly string[]} ids of what takes its pixels from the other confirmed objects
 * @property {ReadonlySet<string>} [keepers] ids of those that give none up
 */

/**
 * Put objects into an earlier state, as one step: null deletes. What is in that state already
 * stays untouched.
 * @param {{states: ReadonlyMap<string, Readonly<MaskObject> | null>, words: string,
 *   claims?: Claims}} parts
 * @returns {import("../../types.js").Action}
 */
export function restoreObjects({ states, words, claims = { ids: [] } }) {
  const action = inWords(words, (document) => {
    const differing = [...states].filter(
      ([id, object]) => !sameObject(document.objects.get(id) ?? null, object),
    );
    const restored = withObjects(document, differing);
    const claimed = claims.ids
      .filter((id) => restored.objects.get(id)?.state === "confirmed")
      .reduce((all, id) => claimPixels(all, id, claims.keepers) ?? document, restored);
    return differing.some(([id]) => !isSame(id, document, claimed)) ? claimed : document;
  });
  return Object.assign(action, { cause: /** @type {const} */ ("restore") });
}

/**
 * @param {string} id
 * @param {import("../../types.js").EditorDocument} before
 * @param {import("../../types.js").EditorDocument} after
 */
function isSame(id, before, after) {
  return sameObject(before.objects.get(id) ?? null, after.objects.get(id) ?? null);
}

/**
 * What a document must become to be as it was: objects that came later go.
 * @param {import("../../types.js").EditorDocument} document
 * @param {ReadonlyMap<string, Readonly<MaskObject>>} earlier
 * @returns {ReadonlyMap<string, Readonly<MaskObject> | null>}
 */
export function statesOf(document, earlier) {
  /** @type {Map<string, Readonly<MaskObject> | null>} */
  const states = new Map(earlier);
  for (const id of document.objects.keys()) if (!earlier.has(id)) states.set(id, null);
  return states;
}
