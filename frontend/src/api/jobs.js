/** Long work on the server: ask how far it is, without asking for what has not changed. */

import { ApiProblem } from "./client.js";

/**
 * @typedef {import("./client.js").Client} Client
 * @typedef {import("./wire.js").WireJob} WireJob
 */

const FINISHED = new Set(["done", "failed", "cancelled"]);
const NOT_MODIFIED = 304;

/** @param {WireJob} job */
export const isFinished = (job) => FINISHED.has(job.state);

/**
 * The job, or null if it is as it was at `etag`.
 * @param {Client} client
 * @param {number} job
 * @param {string | null} etag of the last answer
 * @returns {Promise<{job: WireJob, etag: string | null} | null>}
 */
export async function fetchJob(client, job, etag = null) {
  try {
    /** @type {Record<string, string>} */
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await client.send("GET", `jobs/${job}/`, { headers });
    return { job: /** @type {WireJob} */ (answer.data), etag: answer.etag };
  } catch (error) {
    if (error instanceof ApiProblem && error.status === NOT_MODIFIED) return null;
    throw error;
  }
}

/**
 * @param {Client} client
 * @param {number} job
 */
export async function cancelJob(client, job) {
  await client.send("POST", `jobs/${job}/cancel/`, { json: {} });
}
