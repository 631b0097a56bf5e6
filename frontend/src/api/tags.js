/** A project's words for images, and which image carries which. */

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("./wire.js").WireImage} WireImage
 * @typedef {import("./wire.js").WireTag} WireTag
 */

/**
 * @param {Client} client
 * @param {number} project
 * @param {string} name
 */
export async function addTag(client, project, name) {
  const { data } = await client.send("POST", `projects/${project}/tags/`, { json: { name } });
  return /** @type {WireTag} */ (data);
}

/**
 * @param {Client} client
 * @param {number} image
 * @param {{add?: readonly number[], remove?: readonly number[]}} change
 */
export async function tagImage(client, image, change) {
  const { data } = await client.send("POST", `images/${image}/tags/`, { json: change });
  return /** @type {WireImage} */ (data);
}
