/** Images and what is drawn on them. */

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("./wire.js").WireImage} WireImage
 * @typedef {import("./wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("./wire.js").Surroundings} Surroundings
 */

/** A list longer than this many pages is a server that turns in circles. */
const MAX_PAGES = 1000;

/**
 * @param {Client} client
 * @param {number} image
 * @returns {Promise<WireImage>}
 */
export async function fetchImage(client, image) {
  return /** @type {WireImage} */ ((await client.send("GET", `images/${image}/`)).data);
}

/**
 * All current annotations, page by page.
 * @param {Client} client
 * @param {number} image
 * @param {{deleted?: boolean}} [options] deleted: those too
 * @returns {Promise<readonly WireAnnotation[]>}
 */
export async function fetchAnnotations(client, image, { deleted = false } = {}) {
  const path = `images/${image}/annotations/${deleted ? "?include=deleted" : ""}`;
  return /** @type {readonly WireAnnotation[]} */ (await fetchPages(client, path));
}

/**
 * One earlier state of an object, found in its history.
 * @param {Client} client
 * @param {number} image
 * @param {{id: string, revision: number}} which
 * @returns {Promise<WireAnnotation | null>}
 */
export async function fetchRevision(client, image, { id, revision }) {
  /** @type {string | null} */
  let next = `images/${image}/annotations/${id}/history/`;
  for (let page = 0; next !== null && page < MAX_PAGES; page += 1) {
    const { data } = await client.send("GET", next);
    const list = /** @type {{results: WireAnnotation[], next: string | null}} */ (data);
    const found = list.results.find((one) => one.revision === revision);
    if (found) return found;
    next = list.next;
  }
  return null;
}

/**
 * Follows `next` to the end.
 * @param {Client} client
 * @param {string} path
 */
export async function fetchPages(client, path) {
  const results = [];
  /** @type {string | null} */
  let next = path;
  for (let page = 0; next !== null && page < MAX_PAGES; page += 1) {
    const { data } = await client.send("GET", next);
    const list = /** @type {{results: unknown[], next: string | null}} */ (data);
    results.push(...list.results);
    next = list.next;
  }
  return results;
}

/**
 * The image's place in the order of work, and what lies around it.
 * @param {Client} client
 * @param {number} image
 * @param {{ordering: "number" | "-priority", reach: number}} query reach: images to each side
 * @returns {Promise<Surroundings>}
 */
export async function fetchSurroundings(client, image, { ordering, reach }) {
  const path = `images/${image}/neighbours/?ordering=${encodeURIComponent(ordering)}&reach=${reach}`;
  return /** @type {Surroundings} */ ((await client.send("GET", path)).data);
}

/**
 * @param {Client} client
 * @param {number} image
 * @returns {Promise<number>} suggestions that nobody has decided on
 */
export async function submitImage(client, image) {
  const { data } = await client.send("POST", `images/${image}/submit/`, { json: {} });
  return /** @type {{remaining_suggestions: number}} */ (data).remaining_suggestions;
}

/**
 * Put the image last in the person's queue.
 * @param {Client} client
 * @param {number} image
 */
export async function skipImage(client, image) {
  await client.send("POST", `images/${image}/skip/`, { json: {} });
}

/**
 * @param {Client} client
 * @param {number} image
 */
export async function reopenImage(client, image) {
  await client.send("POST", `images/${image}/reopen/`, { json: {} });
}

/**
 * Take an image in hand, or keep it; a lease blocks nobody, it tells.
 * @param {Client} client
 * @param {number} image
 */
export async function holdLease(client, image) {
  await client.send("POST", `images/${image}/lease/`, { json: {} });
}
