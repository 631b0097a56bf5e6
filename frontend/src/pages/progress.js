/**
 * Bars of running jobs on management pages. An element with data-job="<id>" may hold:
 *   progress.bar        its value follows the job
 *   [data-job-words]    "12 of 40", then how it ended
 *   [data-job-cancel]   a button
 * and may say data-job-done="reload" or an address to go to when the job is done.
 */

import { cancelJob, fetchJob, isFinished } from "../api/jobs.js";
import { clientOfPage } from "../api/pageClient.js";
import { t } from "../texts.js";

/** @typedef {import("../api/wire.js").WireJob} WireJob */

const SOON_MS = 700;
const LATER_MS = 5_000;
const HURRY_MS = 60_000; // a job older than this is asked about less often

/** @type {Readonly<Record<string, string>>} */
const ENDINGS = { done: t("Done"), failed: t("Failed"), cancelled: t("Cancelled") };

/** @param {Document} page */
export function followJobs(page) {
  const client = clientOfPage(page);
  const follow = () => {
    for (const element of page.querySelectorAll("[data-job]:not([data-job-followed])")) {
      const host = /** @type {HTMLElement} */ (element);
      host.dataset.jobFollowed = "true";
      void followJob(client, host);
    }
  };
  follow();
  page.addEventListener("htmx:load", follow);
}

/**
 * @param {import("../api/client.js").Client} client
 * @param {HTMLElement} host
 */
async function followJob(client, host) {
  const id = Number(host.dataset.job);
  const began = Date.now();
  let stopped = false;
  host.querySelector("[data-job-cancel]")?.addEventListener("click", () => {
    cancelJob(client, id).catch((error) => say(host, wordsOf(error)));
  });
  /** @type {string | null} */
  let etag = null;
  while (!stopped && host.isConnected) {
    try {
      const answer = await fetchJob(client, id, etag);
      if (answer) {
        etag = answer.etag;
        show(host, answer.job);
        stopped = isFinished(answer.job);
        if (stopped) end(host, answer.job);
      }
    } catch (error) {
      say(host, wordsOf(error));
    }
    if (!stopped) await pause(Date.now() - began < HURRY_MS ? SOON_MS : LATER_MS);
  }
}

/**
 * @param {HTMLElement} host
 * @param {WireJob} job
 */
function show(host, job) {
  const bar = host.querySelector("progress");
  if (bar) {
    bar.max = Math.max(1, job.total);
    if (job.total > 0) bar.value = job.done + job.failed;
    else bar.removeAttribute("value");
  }
  host.dataset.jobState = job.state;
  say(host, jobWords(job));
}

/** @param {WireJob} job */
export function jobWords(job) {
  const ending = ENDINGS[job.state];
  const count = job.total > 0 ? t("{done} of {total}", { done: job.done, total: job.total }) : "";
  const failed = job.failed > 0 ? t("{failed} failed", { failed: job.failed }) : "";
  const going = job.state === "queued" ? t("Waiting for a worker") : t("Running");
  const first = ending ?? (job.waiting || going);
  return [first, count, failed, job.error ?? ""].filter(Boolean).join(" · ");
}

/**
 * @param {HTMLElement} host
 * @param {WireJob} job
 */
function end(host, job) {
  host.querySelector("[data-job-cancel]")?.remove();
  const bar = host.querySelector("progress");
  bar?.classList.add(job.state === "done" ? "good" : "bad");
  const { jobDone } = host.dataset;
  if (job.state !== "done" || !jobDone) return;
  if (jobDone === "reload") location.reload();
  else location.assign(jobDone);
}

/**
 * @param {HTMLElement} host
 * @param {string} words
 */
function say(host, words) {
  const place = host.querySelector("[data-job-words]");
  if (place) place.textContent = words;
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {number} ms @returns {Promise<void>} */
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
