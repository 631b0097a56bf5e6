import { describe, expect, test, vi } from "vitest";
import {
  ApiProblem,
  addressOf,
  createClient,
  NetworkFailure,
  readCookie,
} from "../../../frontend/src/api/client.js";
import { fetchPages } from "../../../frontend/src/api/images.js";
import { fetchJob } from "../../../frontend/src/api/jobs.js";
import { fetchCandidates } from "../../../frontend/src/api/prompts.js";

function answer(status, json, headers = {}) {
  const text = json === undefined ? null : typeof json === "string" ? json : JSON.stringify(json);
  return new Response(status === 304 || status === 204 ? null : text, { status, headers });
}

/** A client whose server gives the answers in turn; the requests are kept. */
function clientWith(...answers) {
  const requests = [];
  const fetchFrom = async (address, request) => {
    requests.push({ address, ...request });
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  let count = 0;
  const csrfToken = () => {
    count += 1;
    return `token ${count}`;
  };
  return {
    requests,
    make: (options = {}) =>
      createClient({ base: "/api/v1/", csrfToken, fetch: fetchFrom, ...options }),
  };
}

describe("a request", () => {
  test("that changes something carries the CSRF token of this moment; one that reads does not", async () => {
    const { requests, make } = clientWith(answer(200, {}), answer(200, {}), answer(200, {}));
    const client = make();

    await client.send("GET", "me/");
    await client.send("POST", "projects/", { json: { name: "x" } });
    await client.send("POST", "projects/", { json: {} });

    expect(requests.map(({ address }) => address)).toEqual([
      "/api/v1/me/",
      "/api/v1/projects/",
      "/api/v1/projects/",
    ]);
    expect(requests.map(({ headers }) => headers["X-CSRFToken"])).toEqual([
      undefined,
      "token 1",
      "token 2",
    ]);
    expect(requests[1].body).toBe('{"name":"x"}');
  });

  test("that changes something names whoever opened the page; the session may be another's", async () => {
    const { requests, make } = clientWith(answer(200, {}), answer(200, {}));
    const client = make({ actingUser: "17" });

    await client.send("GET", "me/");
    await client.send("DELETE", "comments/1/");

    expect(requests.map(({ headers }) => headers["X-Acting-User"])).toEqual([undefined, "17"]);
    expect(client.guards()).toEqual({ "X-CSRFToken": "token 2", "X-Acting-User": "17" });
    expect(make().guards()).toEqual({ "X-CSRFToken": "token 3" });
  });

  test.each([
    ["images/1/", "/api/v1/images/1/"],
    ["/api/v1/images/?cursor=x", "/api/v1/images/?cursor=x"],
    ["http://inner:8000/api/v1/images/?cursor=x", "/api/v1/images/?cursor=x"],
    ["//evil.example/api/", "/api/"],
  ])("to %s stays on this server", (path, address) => {
    expect(addressOf("/api/v1/", path)).toBe(address);
  });
});

describe("an answer", () => {
  test.each([
    [
      "a problem document",
      answer(409, { code: "submitted", title: "t", detail: "It is submitted." }),
      { status: 409, code: "submitted", message: "It is submitted." },
    ],
    [
      "a problem with fields",
      answer(400, { code: "invalid", title: "Not valid.", errors: { name: ["Too long."] } }),
      { message: "Not valid. name: Too long." },
    ],
    [
      "a page of HTML from a proxy",
      answer(502, "<html>Bad gateway</html>"),
      { status: 502, code: "http_502", message: "The server answered 502." },
    ],
    [
      "a page of HTML that says 200",
      answer(200, "<html>Log in</html>"),
      { status: 200, code: "unreadable_answer" },
    ],
    ["half of a document", answer(200, '{"id": 1'), { code: "unreadable_answer" }],
    [
      "one that asks for patience",
      answer(503, { code: "busy", detail: "d" }, { "Retry-After": "7" }),
      { retryAfter_s: 7 },
    ],
  ])("%s becomes a problem with its cause", async (_, response, facts) => {
    await expect(clientWith(response).make().send("GET", "x/")).rejects.toMatchObject(facts);
  });

  test("without a body is null", async () => {
    expect((await clientWith(answer(204)).make().send("DELETE", "x/")).data).toBeNull();
  });

  test("that never comes is a network failure", async () => {
    await expect(
      clientWith(new TypeError("failed")).make().send("GET", "x/"),
    ).rejects.toBeInstanceOf(NetworkFailure);
  });

  test("that takes too long is a network failure that says so", async () => {
    const never = (_address, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const client = createClient({ base: "/", csrfToken: () => "", fetch: never });

    await expect(client.send("GET", "x/", { timeout_ms: 1 })).rejects.toMatchObject({
      timedOut: true,
    });
  });

  test("that stops in the middle is one too", async () => {
    const half = async (_address, { signal }) =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"results": ['));
            signal.addEventListener("abort", () => controller.error(signal.reason));
          },
        }),
      );
    const client = createClient({ base: "/", csrfToken: () => "", fetch: half });

    await expect(client.send("GET", "x/", { timeout_ms: 5 })).rejects.toMatchObject({
      timedOut: true,
    });
  });
});

describe("a session that has ended", () => {
  test("asks once for all that wait and sends again", async () => {
    const { requests, make } = clientWith(
      answer(401, {}),
      answer(401, {}),
      answer(200, 1),
      answer(200, 2),
    );
    const login = vi.fn(async () => true);
    const client = make({ login });

    const answers = await Promise.all([
      client.send("GET", "a/"),
      client.send("POST", "b/", { json: {} }),
    ]);

    expect(login).toHaveBeenCalledTimes(1);
    expect(answers.map(({ data }) => data)).toEqual([1, 2]);
    expect(requests).toHaveLength(4);
  });

  test("because somebody else has logged in says so to whoever asks for the login", async () => {
    const other = { code: "other_user", detail: "Somebody else has logged in." };
    const { requests, make } = clientWith(answer(401, other), answer(200, 1));
    const login = vi.fn(async () => true);

    await make({ login, actingUser: "17" }).send("POST", "b/", { json: {} });

    expect(login).toHaveBeenCalledWith(
      expect.objectContaining({ code: "other_user", message: "Somebody else has logged in." }),
    );
    expect(requests.map(({ headers }) => headers["X-Acting-User"])).toEqual(["17", "17"]);
  });

  test("and a person who would not log in: the refusal stands", async () => {
    const client = clientWith(answer(401, { code: "not_authenticated" })).make({
      login: async () => false,
    });

    await expect(client.send("GET", "a/")).rejects.toMatchObject({ status: 401 });
  });
});

test.each([
  ["a=1; mw_x=tok; b=2", "mw_x", "tok"],
  ["amw_x=no; mw_x=a%20b", "mw_x", "a b"],
  ["", "mw_x", ""],
])("the cookie in %j", (cookies, name, value) => {
  expect(readCookie(cookies, name)).toBe(value);
});

test("a list is followed to its last page", async () => {
  const { requests, make } = clientWith(
    answer(200, { results: [1, 2], next: "http://inner/api/v1/images/?cursor=b" }),
    answer(200, { results: [3], next: null }),
  );

  expect(await fetchPages(make(), "images/")).toEqual([1, 2, 3]);
  expect(requests[1].address).toBe("/api/v1/images/?cursor=b");
});

test("a job that has not changed is null", async () => {
  const { requests, make } = clientWith(
    answer(200, { id: 1, state: "running" }, { ETag: '"5"' }),
    answer(304),
  );
  const client = make();

  const first = await fetchJob(client, 1);
  expect(first).toEqual({ job: { id: 1, state: "running" }, etag: '"5"' });
  expect(await fetchJob(client, 1, first.etag)).toBeNull();
  expect(requests[1].headers["If-None-Match"]).toBe('"5"');
});

describe("a prompt", () => {
  const PROMPT = { points: [[1, 2, 1]], box: null, mask: null, logits: null, multimask: true };
  const CANDIDATE = {
    segmentation: { size: [2, 2], counts: "04" },
    score: 0.9,
    stability: 0.8,
    logits: "x",
  };
  const DONE = { segmenter: "classic", milliseconds: 12, candidates: [CANDIDATE] };
  const sleep = async () => {};

  test("gives candidates with the name of the model", async () => {
    const { requests, make } = clientWith(answer(200, DONE));

    const { candidates, milliseconds } = await fetchCandidates(make(), 3, PROMPT);

    expect(candidates).toEqual([
      { rle: CANDIDATE.segmentation, score: 0.9, stability: 0.8, logits: "x", model: "classic" },
    ]);
    expect(milliseconds).toBe(12);
    expect(JSON.parse(requests[0].body)).toEqual(PROMPT);
  });

  test("waits while the embedding is made, and while the server is busy, and says so", async () => {
    const { make } = clientWith(
      answer(202, { job: 4 }, { "Retry-After": "2" }),
      answer(503, { code: "busy", detail: "Four prompts at once." }, { "Retry-After": "1" }),
      answer(200, DONE),
    );
    const words = [];

    await fetchCandidates(make(), 3, PROMPT, { sleep, onWait: (word) => words.push(word) });

    expect(words).toEqual([
      "The image is being read by the model (once per image).",
      "Four prompts at once.",
    ]);
  });

  test("does not wait for ever", async () => {
    const { make } = clientWith(
      ...Array.from({ length: 100 }, () => answer(202, { job: 4 }, { "Retry-After": "60" })),
    );

    await expect(fetchCandidates(make(), 3, PROMPT, { sleep })).rejects.toThrow(
      "is a worker running?",
    );
  });

  test.each([[422], [503], [404]])("that is refused with %i is not repeated", async (status) => {
    const { requests, make } = clientWith(answer(status, { code: "x", detail: "why" }));

    await expect(fetchCandidates(make(), 3, PROMPT, { sleep })).rejects.toBeInstanceOf(ApiProblem);
    expect(requests).toHaveLength(1);
  });
});
