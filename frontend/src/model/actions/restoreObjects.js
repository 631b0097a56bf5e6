import { withObjects } from "../document.js";
import { sameObject } from "../sameObject.js";
import { inWords } from "./action.js";

/** @typedef {import("../../types.js").MaskObject} MaskObject */

/**
 * Put objects into an earlier state, as one step: null deletes. What is in that state already
 * stays untouched.
 * @param {{states: ReadonlyMap<string, Readonly<MaskObject> | null>, words: string}} parts
 * @returns {import("../../types.js").Action}
 */
export function restoreObjects({ states, words }) {
  const action = inWords(words, (document) => {
    const differing = [...states].filter(
      ([id, object]) => !sameObject(document.objects.get(id) ?? null, object),
    );
    return withObjects(document, differing);
  });
  return Object.assign(action, { cause: /** @type {const} */ ("restore") });
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
