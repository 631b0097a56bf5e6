/** Which objects the list shows, in which order, and what a click in it selects. Pure. */

import { area } from "../geometry/rle.js";
import { paintOrder } from "../model/document.js";
import { t } from "../texts.js";
import { SOURCES } from "./wording.js";

/**
 * @typedef {import("../types.js").EditorDocument} EditorDocument
 * @typedef {import("../types.js").MaskObject} MaskObject
 * @typedef {import("./view.js").ObjectFilter} ObjectFilter
 * @typedef {import("./view.js").ObjectSort} ObjectSort
 */

/** @type {readonly (readonly [ObjectSort, string])[]} */
export const SORTS = [
  ["top", t("Topmost first")],
  ["label", t("By label")],
  ["large", t("Largest first")],
  ["small", t("Smallest first")],
  ["unsure", t("Least sure first")],
  ["source", t("By source")],
];

/** @type {WeakMap<import("../types.js").Rle, number>} */
const areas = new WeakMap();

/**
 * Rejected suggestions are not on the picture, and in the list only when asked for.
 * @param {Readonly<MaskObject>} object
 * @param {ObjectFilter} filter
 */
export function isShown(object, filter) {
  return filter === "all" ? object.state !== "rejected" : object.state === filter;
}

/**
 * @param {EditorDocument} document
 * @param {{filter: ObjectFilter, sort: ObjectSort, search: string}} wish search: a part of the
 *   label's name, of the source as it is listed, of the model or of a value of an attribute
 * @returns {readonly Readonly<MaskObject>[]}
 */
export function listed(document, { filter, sort, search }) {
  const names = new Map(document.labels.map(({ id, name }) => [id, name]));
  const wanted = search.trim().toLowerCase();
  const rows = paintOrder(document).filter(
    (object) => isShown(object, filter) && (wanted === "" || says(object, names, wanted)),
  );
  rows.reverse();
  const compare = comparison(sort, document, names);
  return compare ? rows.sort(compare) : rows;
}

/**
 * @param {Readonly<MaskObject>} object
 * @param {ReadonlyMap<number, string>} names
 * @param {string} wanted
 */
function says(object, names, wanted) {
  const label = object.label === null ? t("no label") : (names.get(object.label) ?? "");
  const { source, model, attributes } = object;
  const words = [label, SOURCES[source], model, ...Object.values(attributes)];
  return words.some((word) =>
    String(word ?? "")
      .toLowerCase()
      .includes(wanted),
  );
}

/**
 * @param {ObjectSort} sort
 * @param {EditorDocument} document
 * @param {ReadonlyMap<number, string>} names
 * @returns {((a: Readonly<MaskObject>, b: Readonly<MaskObject>) => number) | null} null: as they lie
 */
function comparison(sort, document, names) {
  const places = new Map(document.labels.map(({ id }, place) => [id, place]));
  const place = (/** @type {number | null} */ label) =>
    label === null ? names.size : (places.get(label) ?? names.size);
  switch (sort) {
    case "label":
      return (a, b) => place(a.label) - place(b.label);
    case "large":
      return (a, b) => areaOf(b) - areaOf(a);
    case "small":
      return (a, b) => areaOf(a) - areaOf(b);
    case "unsure":
      return (a, b) => (a.score ?? 2) - (b.score ?? 2);
    case "source":
      return (a, b) => a.source.localeCompare(b.source);
    default:
      return null;
  }
}

/** @param {Readonly<MaskObject>} object */
export function areaOf({ rle }) {
  let found = areas.get(rle);
  if (found === undefined) {
    found = area(rle);
    areas.set(rle, found);
  }
  return found;
}

/**
 * What a click selects, the primary one last: alone, added or taken away (Ctrl), or all from the
 * one clicked before (Shift).
 * @param {readonly {readonly id: string}[]} rows as they are listed
 * @param {readonly string[]} selection
 * @param {string} id that was clicked
 * @param {{range: boolean, toggle: boolean, anchor: string | null}} how
 * @returns {readonly string[]}
 */
export function picked(rows, selection, id, { range, toggle, anchor }) {
  if (range && anchor !== null) return reach(rows, anchor, id) ?? [id];
  if (!toggle) return [id];
  return selection.includes(id) ? selection.filter((other) => other !== id) : [...selection, id];
}

/**
 * @param {readonly {readonly id: string}[]} rows
 * @param {string} from
 * @param {string} to
 */
function reach(rows, from, to) {
  const start = rows.findIndex(({ id }) => id === from);
  const end = rows.findIndex(({ id }) => id === to);
  if (start === -1 || end === -1) return null;
  const ids = rows.slice(Math.min(start, end), Math.max(start, end) + 1).map(({ id }) => id);
  return start <= end ? ids : ids.reverse();
}
