/**
 * Sends one picture with progress. fetch cannot report how much of a body has left, so this is an
 * XHR.
 */

import { t } from "../texts.js";
import { ApiProblem, isRecord, NetworkFailure } from "./client.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("./wire.js").WireImage} WireImage
 */

const OK = 200;
const CREATED = 201;

/**
 * @param {Client} client
 * @param {number} project
 * @param {File} file
 * @param {Object} options
 * @param {string} options.name as shown, with its folder
 * @param {(share: number) => void} options.onProgress 0..1
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<{image: WireImage, duplicate: boolean}>} 200 says that the same bytes were
 *   there before
 */
export function uploadImage(client, project, file, { name, onProgress, signal }) {
  const form = new FormData();
  form.append("name", name);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${client.base}projects/${project}/images/`);
    for (const [name, value] of Object.entries(client.guards()))
      request.setRequestHeader(name, value);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onerror = () => reject(new NetworkFailure(t("The server cannot be reached.")));
    request.onabort = () => reject(new NetworkFailure(t("Stopped.")));
    request.onload = () => settle(request, resolve, reject);
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/**
 * @param {XMLHttpRequest} request
 * @param {(value: {image: WireImage, duplicate: boolean}) => void} resolve
 * @param {(error: Error) => void} reject
 */
function settle(request, resolve, reject) {
  const body = parse(request.responseText);
  if ((request.status === OK || request.status === CREATED) && isRecord(body)) {
    const duplicate = request.status === OK || body.duplicate === true;
    const image = /** @type {WireImage} */ (
      /** @type {unknown} */ (isRecord(body.image) ? body.image : body)
    );
    resolve({ image, duplicate });
    return;
  }
  const facts = isRecord(body) ? body : {};
  const code = typeof facts.code === "string" ? facts.code : `http_${request.status}`;
  const detail =
    typeof facts.detail === "string"
      ? facts.detail
      : t("The server answered {status}.", { status: request.status });
  reject(new ApiProblem({ status: request.status, code, detail, body: facts }));
}

/** @param {string} text @returns {unknown} */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
