/**
 * What an answer to a save means for the rows that were sent. Pure: the table behind the promise
 * that no
 * answer of any server, proxy or network makes an edit disappear.
 */

import { t } from "../../texts.js";
import { ApiProblem, isRecord, NetworkFailure } from "../client.js";

/**
 * @typedef {import("./rows.js").RowProblem} RowProblem
 * @typedef {import("../wire.js").WireAnnotation} WireAnnotation
 */

/**
 * saved: on the server's disk under this revision, may be dropped.
 * later: try again; `reason` says why it is still here.
 * conflict: somebody else was faster; a person decides.
 * gone: the server holds nothing of the object, not even that a person deleted it: a newer run of
 * pre-labelling took its suggestion away, or the server is an older backup.
 * refused: repeating would not help; shown, kept, retried or dropped by click only.
 * @typedef {{kind: "saved", revision: number}
 *   | {kind: "later", problem: RowProblem}
 *   | {kind: "conflict", current: WireAnnotation, problem: RowProblem}
 *   | {kind: "gone", problem: RowProblem}
 *   | {kind: "refused", problem: RowProblem}} Verdict
 */

/**
 * On a whole request: split says that the same rows may pass in smaller company.
 * @typedef {{kind: "later" | "split" | "refused" | "login", problem: RowProblem, wait_s: number | null}} RequestVerdict
 */

const WORTH_REPEATING = new Set([408, 425, 429]);
const ALTERED = t("The server stored another mask than the one that was sent.");
const UNAUTHORIZED = 401;
const PRECONDITION = 412;
/** What the server says to the deletion of an object that it does not hold. */
const UNKNOWN = "annotation_unknown";

/**
 * @param {unknown} outcome one element of the answer to POST .../changes/
 * @param {import("../wire.js").WireBody | null} [sent] what it must have become
 * @returns {Verdict}
 */
export function judgeOutcome(outcome, sent = null) {
  if (!isRecord(outcome) || typeof outcome.status !== "number")
    return later("no_outcome", t("The server did not say what became of this object."), 0);
  const { status, revision } = outcome;
  if (status >= 200 && status < 300) {
    if (!Number.isInteger(revision))
      return later("no_revision", t("The server did not name the revision that it saved."), status);
    if (isAltered(outcome.annotation, sent))
      return { kind: "refused", problem: { code: "altered", detail: ALTERED, status } };
    return { kind: "saved", revision: Number(revision) };
  }
  const body = isRecord(outcome.problem) ? outcome.problem : outcome;
  const problem = problemFrom(body, status);
  if (status >= 500 || WORTH_REPEATING.has(status)) return { kind: "later", problem };
  const current = body.current === undefined ? outcome.current : body.current;
  const isGone = status === PRECONDITION && current === null;
  if (isGone || problem.code === UNKNOWN) return { kind: "gone", problem };
  if (status === PRECONDITION && isRecord(current))
    return {
      kind: "conflict",
      current: /** @type {WireAnnotation} */ (/** @type {unknown} */ (current)),
      problem,
    };
  return { kind: "refused", problem };
}

/**
 * The mask in the answer is the one that lies on the server's disk: it must be the one sent.
 * @param {unknown} annotation as the server stored it, if it says so
 * @param {import("../wire.js").WireBody | null} sent
 */
function isAltered(annotation, sent) {
  if (!sent || !isRecord(annotation) || !isRecord(annotation.segmentation)) return false;
  const { size, counts } = annotation.segmentation;
  const { segmentation } = sent;
  return counts !== segmentation.counts || String(size) !== String(segmentation.size);
}

/**
 * @param {unknown} error what the request was rejected with
 * @returns {RequestVerdict}
 */
export function judgeFailure(error) {
  if (error instanceof NetworkFailure) {
    const problem = {
      code: error.timedOut ? "timeout" : "offline",
      detail: error.message,
      status: 0,
    };
    return { kind: error.timedOut ? "split" : "later", problem, wait_s: null };
  }
  if (!(error instanceof ApiProblem)) {
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: "split", problem: { code: "unexpected", detail, status: 0 }, wait_s: null };
  }
  const problem = { code: error.code, detail: error.message, status: error.status };
  const wait_s = error.retryAfter_s;
  if (error.status === UNAUTHORIZED) return { kind: "login", problem, wait_s };
  if (error.status >= 500 || error.status < 400) return { kind: "split", problem, wait_s };
  if (WORTH_REPEATING.has(error.status)) return { kind: "later", problem, wait_s };
  return { kind: "refused", problem, wait_s };
}

/**
 * @param {string} code
 * @param {string} detail
 * @param {number} status
 * @returns {Verdict}
 */
function later(code, detail, status) {
  return { kind: "later", problem: { code, detail, status } };
}

/**
 * @param {Readonly<Record<string, unknown>>} body
 * @param {number} status
 * @returns {RowProblem}
 */
function problemFrom(body, status) {
  const code = typeof body.code === "string" ? body.code : `http_${status}`;
  const words = [body.detail, body.title].find((word) => typeof word === "string" && word !== "");
  return {
    code,
    detail: typeof words === "string" ? words : t("The server answered {status}.", { status }),
    status,
  };
}
