/**
 * Speaks HTTP with the server: JSON in and out, problem+json as typed errors, the CSRF cookie read
 * anew at
 * each send (another tab may have logged in since), and login in place when the session has ended.
 */

import { t } from "../texts.js";

const TIMEOUT_MS = 30_000;
const SAFE_METHODS = new Set(["GET", "HEAD"]);

/** The server answered, and its answer is a refusal (or cannot be read). */
export class ApiProblem extends Error {
  /**
   * @param {Object} facts
   * @param {number} facts.status
   * @param {string} facts.code
   * @param {string} facts.detail fit to be shown
   * @param {number | null} [facts.retryAfter_s]
   * @param {Readonly<Record<string, unknown>>} [facts.body] the whole problem document
   */
  constructor({ status, code, detail, retryAfter_s = null, body = {} }) {
    super(detail);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
    this.retryAfter_s = retryAfter_s;
    this.body = body;
  }
}

/** No answer came: offline, refused, reset or too slow. */
export class NetworkFailure extends Error {
  /**
   * @param {string} message
   * @param {boolean} timedOut
   */
  constructor(message, timedOut = false) {
    super(message);
    this.name = "NetworkFailure";
    this.timedOut = timedOut;
  }
}

/**
 * @typedef {Object} Answer
 * @property {number} status
 * @property {unknown} data parsed JSON, null without a body
 * @property {string | null} etag
 * @property {number | null} retryAfter_s
 */

/**
 * @typedef {Object} SendOptions
 * @property {unknown} [json]
 * @property {Readonly<Record<string, string>>} [headers]
 * @property {AbortSignal} [signal]
 * @property {number} [timeout_ms]
 */

/** @typedef {(method: string, path: string, options?: SendOptions) => Promise<Answer>} Send */
/** @typedef {(refusal: ApiProblem) => Promise<boolean>} AskForLogin false: they would not */
/**
 * @typedef {Object} Client
 * @property {string} base
 * @property {Send} send
 * @property {() => string} csrfToken
 * @property {() => Record<string, string>} guards headers without which nothing may be changed
 */

/**
 * The value of one cookie, "" if it is not there.
 * @param {string} cookies as document.cookie
 * @param {string} name
 */
export function readCookie(cookies, name) {
  const start = `${name}=`;
  const found = cookies.split("; ").find((part) => part.startsWith(start));
  return found ? decodeURIComponent(found.slice(start.length)) : "";
}

/**
 * @param {Object} options
 * @param {string} options.base path of the API, "/api/v1/"
 * @param {() => string} options.csrfToken read at each unsafe send
 * @param {string} [options.actingUser] id of whoever opened the page; by now the session of this
 *   browser may be somebody else's
 * @param {typeof fetch} [options.fetch]
 * @param {AskForLogin} [options.login] asks the person to log in
 * @returns {Client}
 */
export function createClient({
  base,
  csrfToken,
  actingUser = "",
  fetch: fetchFrom = globalThis.fetch.bind(globalThis),
  login,
}) {
  /** @type {Promise<boolean> | null} */
  let loggingIn = null;

  /** @type {AskForLogin} */
  const askForLogin = (refusal) => {
    if (!login) return Promise.resolve(false);
    loggingIn ??= login(refusal).finally(() => {
      loggingIn = null;
    });
    return loggingIn;
  };

  const guards = () => ({
    "X-CSRFToken": csrfToken(),
    ...(actingUser && { "X-Acting-User": actingUser }),
  });

  /** @type {Send} */
  const attempt = async (method, path, options = {}) => {
    const request = {
      method,
      credentials: /** @type {const} */ ("same-origin"),
      headers: headersFor(method, options, guards),
      body: options.json === undefined ? undefined : JSON.stringify(options.json),
      cache: /** @type {const} */ ("no-store"),
    };
    return fetchInTime(fetchFrom, addressOf(base, path), request, options);
  };

  /** @type {Send} */
  const send = async (method, path, options) => {
    try {
      return await attempt(method, path, options);
    } catch (error) {
      const refused = error instanceof ApiProblem && error.status === 401;
      if (!refused || !(await askForLogin(error))) throw error;
      return attempt(method, path, options);
    }
  };

  return Object.freeze({ base, send, csrfToken, guards });
}

/**
 * A page link of the server may name another host (a proxy in between); only its path is followed.
 * @param {string} base
 * @param {string} path relative to base, or an address from a `next` field
 */
export function addressOf(base, path) {
  if (!/^(https?:)?\/\//.test(path)) return path.startsWith("/") ? path : base + path;
  const url = new URL(path, "http://localhost");
  return url.pathname + url.search;
}

/**
 * @param {string} method
 * @param {SendOptions} options
 * @param {Client["guards"]} guards
 */
function headersFor(method, options, guards) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", ...options.headers };
  if (!SAFE_METHODS.has(method)) Object.assign(headers, guards());
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  return headers;
}

/**
 * Both the head of the answer and its body must come in time: a proxy may send half and stall.
 * @param {typeof fetch} fetchFrom
 * @param {string} address
 * @param {RequestInit} request
 * @param {SendOptions} options
 * @returns {Promise<Answer>}
 */
async function fetchInTime(fetchFrom, address, request, { signal, timeout_ms = TIMEOUT_MS }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort("timeout"), timeout_ms);
  const forward = () => stop.abort("given up");
  signal?.addEventListener("abort", forward);
  if (signal?.aborted) forward();
  try {
    return await readAnswer(await fetchFrom(address, { ...request, signal: stop.signal }));
  } catch (error) {
    if (signal?.aborted || error instanceof ApiProblem) throw error;
    const timedOut = stop.signal.aborted;
    if (error instanceof NetworkFailure && !timedOut) throw error;
    throw new NetworkFailure(
      timedOut ? t("The server did not answer in time.") : t("The server cannot be reached."),
      timedOut,
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function readAnswer(response) {
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const retryAfter_s = Number.isFinite(retryAfter) ? retryAfter : null;
  const text = await bodyOf(response);
  const data = parseJson(text);
  if (!response.ok) throw problemOf(response.status, data, retryAfter_s);
  if (data === undefined) throw unreadable(response.status);
  return { status: response.status, data, etag: response.headers.get("ETag"), retryAfter_s };
}

/** @param {Response} response */
async function bodyOf(response) {
  try {
    return await response.text();
  } catch {
    throw new NetworkFailure(t("The connection broke in the middle of the answer."));
  }
}

/**
 * @param {string} text
 * @returns {unknown} undefined if it is not JSON, null if it is empty
 */
function parseJson(text) {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {number} status */
function unreadable(status) {
  return new ApiProblem({
    status,
    code: "unreadable_answer",
    detail: t(
      "The server's answer cannot be read; something between here and it may have changed it.",
    ),
  });
}

/**
 * @param {number} status
 * @param {unknown} data
 * @param {number | null} retryAfter_s
 */
function problemOf(status, data, retryAfter_s) {
  const body = isRecord(data) ? data : {};
  return new ApiProblem({
    status,
    code: typeof body.code === "string" ? body.code : `http_${status}`,
    detail: wordsOf(body) || t("The server answered {status}.", { status }),
    retryAfter_s,
    body,
  });
}

/** @param {Readonly<Record<string, unknown>>} body */
function wordsOf(body) {
  const said = [body.detail, body.title].find((word) => typeof word === "string" && word !== "");
  const fields = isRecord(body.errors) ? Object.entries(body.errors) : [];
  const details = fields.map(([field, words]) => `${field}: ${[words].flat().join(" ")}`);
  return [said, ...details].filter(Boolean).join(" ");
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
