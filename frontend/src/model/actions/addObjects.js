import { inWords } from "./action.js";
import { addObject } from "./addObject.js";

/**
 * Several new objects in one step.
 * @param {{objects: readonly Parameters<typeof addObject>[0][], words: string}} parts
 * @returns {import("../../types.js").Action}
 */
export function addObjects({ objects, words }) {
  const additions = objects.map(addObject);
  return inWords(words, (document) => additions.reduce((changed, add) => add(changed), document));
}
