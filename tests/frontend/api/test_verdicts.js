import { describe, expect, test } from "vitest";
import { ApiProblem, NetworkFailure } from "../../../frontend/src/api/client.js";
import { judgeFailure, judgeOutcome } from "../../../frontend/src/api/outbox/verdicts.js";

describe("an outcome of one object", () => {
  test.each([
    ["saved with its revision", { status: 200, revision: 4 }, { kind: "saved", revision: 4 }],
    ["created", { status: 201, revision: 1 }, { kind: "saved", revision: 1 }],
    ["a success without a revision is none", { status: 200 }, { kind: "later" }],
    ["no outcome at all", undefined, { kind: "later" }],
    ["something else than an outcome", "ok", { kind: "later" }],
    ["a server's fault", { status: 500, problem: {} }, { kind: "later" }],
    ["too many requests", { status: 429, problem: {} }, { kind: "later" }],
    [
      "stale",
      { status: 412, problem: { code: "stale", current: { revision: 5 } } },
      { kind: "conflict", current: { revision: 5 } },
    ],
    [
      "stale, current beside the problem",
      { status: 412, current: { revision: 5 } },
      { kind: "conflict" },
    ],
    [
      "stale, and the server holds nothing of it",
      { status: 412, problem: { code: "stale", current: null } },
      { kind: "gone" },
    ],
    [
      "a deletion of what the server does not hold",
      { status: 404, problem: { code: "annotation_unknown" } },
      { kind: "gone" },
    ],
    ["an image that is gone", { status: 404, problem: { code: "not_found" } }, { kind: "refused" }],
    [
      "stale without the other state",
      { status: 412, problem: { code: "stale" } },
      { kind: "refused" },
    ],
    [
      "refused",
      { status: 400, problem: { code: "bad_mask", detail: "Too long." } },
      { kind: "refused", problem: { code: "bad_mask", detail: "Too long.", status: 400 } },
    ],
  ])("%s", (_, outcome, verdict) => {
    expect(judgeOutcome(outcome)).toMatchObject(verdict);
  });
});

const problem = (status, code = "x") => new ApiProblem({ status, code, detail: "words" });

describe("a request that failed", () => {
  test.each([
    ["401", problem(401), "login"],
    ["403", problem(403), "refused"],
    ["409", problem(409), "refused"],
    ["412", problem(412), "refused"],
    ["413", problem(413), "refused"],
    ["500", problem(500), "split"],
    ["502 with a page of HTML", problem(502), "split"],
    ["503", problem(503), "split"],
    ["429", problem(429), "later"],
    ["no time left", new NetworkFailure("slow", true), "split"],
    ["no network", new NetworkFailure("offline"), "later"],
    ["garbage instead of JSON", problem(200, "unreadable_answer"), "split"],
    ["something of our own", new TypeError("broken"), "split"],
  ])("%s", (_, error, kind) => {
    expect(judgeFailure(error)).toMatchObject({ kind, problem: { detail: error.message } });
  });

  test("the wait that the server asks for is kept", () => {
    const error = new ApiProblem({ status: 503, code: "busy", detail: "words", retryAfter_s: 7 });

    expect(judgeFailure(error).wait_s).toBe(7);
  });
});
