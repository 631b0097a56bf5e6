import { inWords } from "./action.js";
import { replaceMask } from "./replaceMask.js";

/**
 * Correct several masks in one step.
 * @param {{masks: readonly {id: string, rle: import("../../types.js").Rle}[], words: string,
 *   keepers?: ReadonlySet<string>}} parts
 * @returns {import("../../types.js").Action}
 */
export function reviseMasks({ masks, words, keepers }) {
  return inWords(words, (document) =>
    masks.reduce((changed, { id, rle }) => replaceMask({ id, rle, keepers })(changed), document),
  );
}
