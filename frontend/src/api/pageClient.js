/** The client of the page it is on: its CSRF cookie's name stands in the page's head. */

import { createClient, readCookie } from "./client.js";

export const API_BASE = "/api/v1/";

/** @param {Document} page */
export function csrfCookieOf(page) {
  return page.querySelector('meta[name="csrf-cookie"]')?.getAttribute("content") ?? "";
}

/**
 * Whose page this is, by id; "" if nobody is logged in.
 * @param {Document} page
 */
export function actingUserOf(page) {
  return page.querySelector('meta[name="acting-user"]')?.getAttribute("content") ?? "";
}

/**
 * Which installation answers at this address; the name of a cookie would not tell under HTTPS.
 * @param {Document} page
 */
export function instanceOf(page) {
  return page.querySelector('meta[name="instance"]')?.getAttribute("content") ?? "";
}

/**
 * @param {Document} page
 * @param {{base?: string, login?: import("./client.js").AskForLogin}} [options]
 * @returns {import("./client.js").Client}
 */
export function clientOfPage(page, { base = API_BASE, login } = {}) {
  const csrfToken = () => readCookie(page.cookie, csrfCookieOf(page));
  return createClient({ base, csrfToken, actingUser: actingUserOf(page), login });
}
