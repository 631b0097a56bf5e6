/** What was: everything that was done to an image's objects, and what they were at a moment. */

import { t } from "../texts.js";
import { fetchPages } from "./images.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("./wire.js").WireAnnotation} WireAnnotation
 */

/** @typedef {"mask" | "label" | "state" | "z" | "attributes" | "iscrowd"} Changed */
/**
 * One revision in an image's history, and what it followed.
 * @typedef {Object} WireMoment
 * @property {number} id a moment of the image
 * @property {string} annotation
 * @property {number} number
 * @property {number} revision
 * @property {number | null} label
 * @property {number | null} label_before
 * @property {WireAnnotation["state"]} state
 * @property {WireAnnotation["state"] | null} state_before
 * @property {WireAnnotation["source"]} source
 * @property {number} area
 * @property {number | null} area_before
 * @property {string | null} author
 * @property {string} model
 * @property {string} cause
 * @property {string} created_at
 * @property {readonly Changed[]} changed
 */
/** @typedef {{results: readonly WireMoment[], next: string | null}} HistoryPage */

/**
 * @param {Client} client
 * @param {number} image
 * @param {{annotation?: string | null, next?: string | null, limit?: number}} [options] annotation:
 *   only this object's; next: from an earlier answer; limit: rows of the first page
 * @returns {Promise<HistoryPage>} newest first
 */
export async function fetchHistory(client, image, { annotation, next, limit } = {}) {
  const wishes = new URLSearchParams({
    ...(annotation ? { annotation } : {}),
    ...(limit ? { limit: String(limit) } : {}),
  });
  const query = wishes.size > 0 ? `?${wishes}` : "";
  const { data } = await client.send("GET", next ?? `images/${image}/history/${query}`);
  return /** @type {HistoryPage} */ (data);
}

/**
 * @param {Client} client
 * @param {number} image
 * @param {string} annotation
 * @param {number} revision
 * @returns {Promise<WireAnnotation>} with its mask
 */
export async function fetchRevision(client, image, annotation, revision) {
  const path = `images/${image}/annotations/${annotation}/history/?revision=${revision}`;
  const { data } = await client.send("GET", path);
  const [found] = /** @type {{results: readonly WireAnnotation[]}} */ (data).results;
  if (!found)
    throw new Error(t("The server has no revision {revision} of this object.", { revision }));
  return found;
}

/**
 * @param {Client} client
 * @param {number} image
 * @param {number} moment
 * @returns {Promise<readonly WireAnnotation[]>} deleted ones too
 */
export async function fetchMoment(client, image, moment) {
  const path = `images/${image}/history/${moment}/`;
  return /** @type {readonly WireAnnotation[]} */ (await fetchPages(client, path));
}
