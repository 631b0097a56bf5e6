/** Who is logged in, and logging in without leaving the page. */

import { t } from "../texts.js";
import { ApiProblem, NetworkFailure } from "./client.js";

/**
 * @typedef {import("./client.js").Client} Client
 */

/**
 * @param {Client} client
 * @returns {Promise<string>} user name
 */
export async function fetchUsername(client) {
  const { data } = await client.send("GET", "me/");
  return /** @type {{username: string}} */ (data).username;
}

/**
 * @param {Client} client
 * @returns {Promise<Record<string, unknown>>} profile settings by name
 */
export async function fetchPreferences(client) {
  const { data } = await client.send("GET", "me/");
  return /** @type {{preferences: Record<string, unknown>}} */ (data).preferences;
}

/**
 * @param {URL} url of one of our own files of keys
 * @returns {Promise<{title: string, keys: Record<string, readonly string[]>}>}
 */
export async function fetchPreset(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(t("the server answered {status}", { status: response.status }));
  return response.json();
}

/**
 * @param {Client} client
 * @param {Record<string, unknown>} preferences to set; the others stay
 */
export async function savePreferences(client, preferences) {
  await client.send("PATCH", "me/", { json: { preferences } });
}

/**
 * Posts the login page's own form. The page is fetched first because only it sets a fresh CSRF
 * cookie.
 * @param {Client} bare a client that does not itself ask for a login
 * @param {{username: string, password: string}} credentials
 * @param {typeof fetch} [fetchFrom]
 * @returns {Promise<string>} "" when logged in as that user, else why not
 */
export async function logIn(
  bare,
  { username, password },
  fetchFrom = globalThis.fetch.bind(globalThis),
) {
  try {
    await fetchFrom("/login/", { credentials: "same-origin" });
    await fetchFrom("/login/", {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": bare.csrfToken() },
      body: new URLSearchParams({ username, password }),
    });
  } catch {
    return t("The server cannot be reached.");
  }
  return (await isLoggedInAs(bare, username)) ? "" : t("Name or password is wrong.");
}

/**
 * @param {Client} bare
 * @param {string} username
 */
export async function isLoggedInAs(bare, username) {
  try {
    return (await fetchUsername(bare)) === username;
  } catch (error) {
    if (error instanceof ApiProblem || error instanceof NetworkFailure) return false;
    throw error;
  }
}
