/** The colour in which a tool shows what it is about to make. */
import { objectColor, UNLABELLED } from "../model/colors.js";

/**
 * @param {import("../types.js").EditorDocument} document
 * @param {string | null} target the object that is changed, null for a new one
 * @param {number | null} label of a new one
 * @returns {string} "#rrggbb"
 */
export function paintColor(document, target, label) {
  const object = target === null ? undefined : document.objects.get(target);
  if (object) return objectColor(document, object);
  return document.labels.find(({ id }) => id === label)?.color ?? UNLABELLED;
}
