/**
 * The document: what is annotated on one image, as a frozen value. An action makes a new one that
 * shares every untouched object, so two documents are compared by identity.
 */

/** @typedef {import("../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../types.js").MaskObject} MaskObject */
/** @typedef {import("../types.js").ObjectChange} ObjectChange */
/** @typedef {import("../types.js").Label} Label */

/** @type {WeakMap<ReadonlyMap<string, Readonly<MaskObject>>, readonly Readonly<MaskObject>[]>} */
const orders = new WeakMap();

/**
 * @param {{image: import("../types.js").ImageFacts, labels?: readonly Label[],
 *   objects?: Iterable<MaskObject>, panoptic?: boolean}} parts
 * @returns {EditorDocument}
 */
export function createDocument({ image, labels = [], objects = [], panoptic = false }) {
  const byId = new Map();
  for (const object of objects) byId.set(object.id, Object.freeze({ ...object }));
  return Object.freeze({
    image: Object.freeze({ ...image }),
    labels: sortLabels(labels),
    objects: byId,
    panoptic,
  });
}

/**
 * The document with some objects put or (null) taken away.
 * @param {EditorDocument} document
 * @param {Iterable<readonly [string, Readonly<MaskObject> | null]>} entries
 * @returns {EditorDocument} the same one when nothing differs
 */
export function withObjects(document, entries) {
  /** @type {Map<string, Readonly<MaskObject>> | null} */
  let objects = null;
  for (const [id, object] of entries) {
    const known = document.objects.get(id) ?? null;
    if (known === object) continue;
    objects ??= new Map(document.objects);
    if (object) objects.set(id, Object.freeze(object));
    else objects.delete(id);
  }
  return objects ? Object.freeze({ ...document, objects }) : document;
}

/**
 * The document with fields of some of its objects changed; unknown ids are passed over, since a
 * remote deletion may have come in between.
 * @param {EditorDocument} document
 * @param {Iterable<string>} ids
 * @param {(object: Readonly<MaskObject>) => Partial<MaskObject>} revise {} leaves the object
 * @returns {EditorDocument}
 */
export function reviseObjects(document, ids, revise) {
  /** @type {[string, Readonly<MaskObject>][]} */
  const entries = [];
  for (const id of ids) {
    const object = document.objects.get(id);
    const parts = object ? revise(object) : {};
    if (object && Object.keys(parts).length > 0) entries.push([id, { ...object, ...parts }]);
  }
  return withObjects(document, entries);
}

/**
 * @param {EditorDocument} document
 * @param {readonly Label[]} labels
 * @returns {EditorDocument}
 */
export function withLabels(document, labels) {
  return Object.freeze({ ...document, labels: sortLabels(labels) });
}

/**
 * What differs between two documents, object by object.
 * @param {EditorDocument} before
 * @param {EditorDocument} after
 * @returns {ObjectChange[]}
 */
export function diff(before, after) {
  /** @type {ObjectChange[]} */
  const changes = [];
  if (before.objects === after.objects) return changes;
  for (const [id, object] of after.objects) {
    const old = before.objects.get(id) ?? null;
    if (old !== object) changes.push({ id, before: old, after: object });
  }
  for (const [id, object] of before.objects) {
    if (!after.objects.has(id)) changes.push({ id, before: object, after: null });
  }
  return changes;
}

/**
 * Objects from the lowest to the highest; equal z are told apart by id, so that every machine
 * paints the same picture.
 * @param {EditorDocument} document
 * @returns {readonly Readonly<MaskObject>[]}
 */
export function paintOrder(document) {
  let order = orders.get(document.objects);
  if (!order) {
    order = [...document.objects.values()].sort(compareObjects);
    orders.set(document.objects, order);
  }
  return order;
}

/**
 * @param {Readonly<MaskObject>} a
 * @param {Readonly<MaskObject>} b
 */
export function compareObjects(a, b) {
  return a.z - b.z || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/**
 * The z that puts a new object on top of all others.
 * @param {EditorDocument} document
 */
export function nextZ(document) {
  const top = paintOrder(document).at(-1);
  return top ? top.z + 1 : 0;
}

/**
 * @param {EditorDocument} document
 * @param {number | null} id
 * @returns {Label | null}
 */
export function labelById(document, id) {
  return document.labels.find((label) => label.id === id) ?? null;
}

/** @param {readonly Label[]} labels */
function sortLabels(labels) {
  const sorted = labels.map((label) => Object.freeze({ ...label }));
  sorted.sort((a, b) => a.order - b.order || a.id - b.id);
  return Object.freeze(sorted);
}
