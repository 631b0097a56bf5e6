/** The editor's address: which image, and in which order one walks on from it. */

/** @typedef {import("../panels/view.js").Ordering} Ordering */

/** @type {Ordering} */
const USUAL = "number";

/**
 * @param {number} image
 * @param {Ordering} ordering
 */
export function addressOf(image, ordering) {
  const query = ordering === USUAL ? "" : `?ordering=${ordering}`;
  return `/images/${image}/${query}`;
}

/**
 * @param {{pathname: string, search: string}} address
 * @returns {{image: number | null, ordering: Ordering}} image null: not the editor's address
 */
export function readAddress({ pathname, search }) {
  const found = /^\/images\/(\d+)\//.exec(pathname);
  const isByDoubt = new URLSearchParams(search).get("ordering") === "-priority";
  return { image: found ? Number(found[1]) : null, ordering: isByDoubt ? "-priority" : USUAL };
}
