/** What the line of figures says besides figures. */

import { bbox } from "../geometry/rle.js";
import { number, t } from "../texts.js";
import { hasSuggestions } from "./judgement.js";
import { counted } from "./wording.js";

/**
 * What is selected, else why the model is unsure of this image, as long as something is open.
 * @param {import("../types.js").EditorState | null} state
 * @param {Pick<import("../api/wire.js").WireImage, "priority_reason"> | null} image
 */
export function hintWords(state, image) {
  const selected = state?.session.selection.length ?? 0;
  if (selected > 0)
    return `${t("{what} selected", { what: counted(selected, "object") })}${boxWords(state)}`;
  return state && image && hasSuggestions(state.document) ? image.priority_reason : "";
}

/**
 * How large the box of a single selected object is.
 * @param {import("../types.js").EditorState | null} state
 */
function boxWords(state) {
  const [id, ...others] = state?.session.selection ?? [];
  const object = others.length === 0 ? state?.document.objects.get(id ?? "") : undefined;
  if (!object) return "";
  const [, , width, height] = bbox(object.rle);
  return `, ${number(width)} × ${number(height)} px`;
}
