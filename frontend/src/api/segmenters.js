/** What can segment here, and what each can do. */

/** @typedef {import("./client.js").Client} Client */
/**
 * @typedef {Object} WireSegmenter
 * @property {string} name
 * @property {string} title
 * @property {boolean} installed
 * @property {string} why_not what is missing and what to do, or ""
 * @property {readonly string[]} kinds of prompts that it answers
 * @property {boolean} browser_decoder
 * @property {boolean} stores_embedding
 * @property {boolean} looks_closer small boxes are answered by what lies around them
 */

/**
 * @param {Client} client
 * @returns {Promise<readonly WireSegmenter[]>} those that are not installed too
 */
export async function fetchSegmenters(client) {
  const { data } = await client.send("GET", "segmenters/");
  return /** @type {{results: readonly WireSegmenter[]}} */ (data).results;
}
