/** What a label's schema asks of a selection, and what its objects have in common. Pure. */

/**
 * @typedef {import("../types.js").EditorState} EditorState
 * @typedef {import("../types.js").MaskObject} MaskObject
 */

/**
 * The selected objects and their schema, null where they have none in common.
 * @param {EditorState} state
 */
export function askedOf({ document, session }) {
  const objects = session.selection.flatMap((id) => document.objects.get(id) ?? []);
  const ids = new Set(objects.map((object) => object.label));
  const [only] = ids;
  if (ids.size !== 1 || only === null) return null;
  const schema = document.labels.find((label) => label.id === only)?.attributes ?? [];
  return schema.length > 0 ? { schema, objects } : null;
}

/**
 * @param {readonly Readonly<MaskObject>[]} objects
 * @param {string} name
 * @returns {{value: unknown, isMixed: boolean}}
 */
export function common(objects, name) {
  const values = new Set(objects.map((object) => object.attributes[name] ?? undefined));
  const [value] = values;
  return values.size === 1 ? { value, isMixed: false } : { value: undefined, isMixed: true };
}
