/** What the line of figures says besides figures. */

import { hasSuggestions } from "./judgement.js";
import { counted } from "./wording.js";

/**
 * What is selected, else why the model is unsure of this image, as long as something is open.
 * @param {import("../types.js").EditorState | null} state
 * @param {Pick<import("../api/wire.js").WireImage, "priority_reason"> | null} image
 */
export function hintWords(state, image) {
  const selected = state?.session.selection.length ?? 0;
  if (selected > 0) return `${counted(selected, "object")} selected`;
  return state && image && hasSuggestions(state.document) ? image.priority_reason : "";
}
