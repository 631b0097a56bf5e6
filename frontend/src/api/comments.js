/** Pins on pixels and their threads. */

import { fetchPages } from "./images.js";

/** @typedef {import("./client.js").Client} Client */

/**
 * @typedef {Object} WireComment
 * @property {number} id
 * @property {string} uuid
 * @property {number | null} thread
 * @property {string} text
 * @property {string | null} author
 * @property {string} created_at
 * @property {string | null} edited_at
 */

/**
 * @typedef {WireComment & {x: number, y: number, resolved_at: string | null,
 *   resolved_by: string | null, replies: readonly WireComment[]}} WireThread
 */

/**
 * @param {Client} client
 * @param {number} image
 * @returns {Promise<readonly WireThread[]>} oldest first
 */
export async function fetchThreads(client, image) {
  return /** @type {readonly WireThread[]} */ (
    await fetchPages(client, `images/${image}/comments/?limit=200`)
  );
}

/**
 * @param {Client} client
 * @param {number} image
 * @param {{uuid: string, text: string, x?: number, y?: number, thread?: number}} comment uuid: a
 *   repeat under the same one is harmless
 * @returns {Promise<WireThread>} the whole thread
 */
export async function addComment(client, image, comment) {
  const { data } = await client.send("POST", `images/${image}/comments/`, { json: comment });
  return /** @type {WireThread} */ (data);
}

/**
 * @param {Client} client
 * @param {number} comment
 * @param {{text?: string, resolved?: boolean}} changes
 */
export async function reviseComment(client, comment, changes) {
  await client.send("PATCH", `comments/${comment}/`, { json: changes });
}

/**
 * @param {Client} client
 * @param {number} comment
 */
export async function deleteComment(client, comment) {
  await client.send("DELETE", `comments/${comment}/`);
}
