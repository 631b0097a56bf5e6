/**
 * What a decoder in the browser needs from the server: the ONNX file of a segmenter's decoder and
 * the embedding of an image. Bytes, not JSON; nobody waits for them, so a refusal is a value.
 */

/** @typedef {import("./client.js").Client} Client */
/**
 * later: ask again after this many seconds. never: this segmenter has none.
 * @typedef {{kind: "later", wait_s: number} | {kind: "never"}} NotYet
 */
/** @typedef {{kind: "file", bytes: ArrayBuffer}} DecoderFile */
/**
 * @typedef {{kind: "features", version: string, shape: readonly number[], half: ArrayBuffer}} Features
 */

const ACCEPTED = 202;
const NOT_FOUND = 404;
const UNPROCESSABLE = 422; // the segmenter keeps no embeddings
const WAIT_S = 2;
const NEVER = Object.freeze({ kind: /** @type {const} */ ("never") });

/**
 * @param {Client} client
 * @param {string} segmenter
 * @param {{isStale?: boolean}} [options] isStale: what the browser has kept is of another version
 * @returns {Promise<DecoderFile | NotYet>}
 */
export async function fetchDecoder(client, segmenter, { isStale = false } = {}) {
  const path = `segmenters/${encodeURIComponent(segmenter)}/decoder.onnx`;
  const response = await fetchBytes(client, path, isStale ? "reload" : "default");
  if (response?.status === NOT_FOUND) return NEVER;
  if (!response?.ok) return notYet(response);
  return { kind: "file", bytes: await response.arrayBuffer() };
}

/**
 * @param {Client} client
 * @param {number} image
 * @returns {Promise<Features | NotYet>}
 */
export async function fetchFeatures(client, image) {
  const response = await fetchBytes(client, `images/${image}/embedding/`, "no-store");
  if (response?.status === UNPROCESSABLE) return NEVER;
  if (!response?.ok || response.status === ACCEPTED) return notYet(response);
  const shape = (response.headers.get("X-Embedding-Shape") ?? "").split(",").map(Number);
  const version = response.headers.get("X-Embedding-Version") ?? "";
  const half = await response.arrayBuffer();
  const count = shape.reduce((product, side) => product * side, 1);
  return half.byteLength === 2 * count ? { kind: "features", version, shape, half } : notYet(null);
}

/**
 * @param {Client} client
 * @param {string} path
 * @param {RequestCache} cache
 * @returns {Promise<Response | null>} null when no answer came
 */
async function fetchBytes(client, path, cache) {
  try {
    return await fetch(client.base + path, { credentials: "same-origin", cache });
  } catch {
    return null;
  }
}

/** @param {Response | null} response @returns {NotYet} */
function notYet(response) {
  const asked = Number(response?.headers.get("Retry-After"));
  return { kind: "later", wait_s: asked > 0 ? asked : WAIT_S };
}
