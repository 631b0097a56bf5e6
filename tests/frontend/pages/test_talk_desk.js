// Comment pins: begun under the pointer, sent once, kept in their field while they cannot be sent.
import { describe, expect, test } from "vitest";
import { createStore } from "../../../frontend/src/model/store.js";
import { Board } from "../../../frontend/src/pages/board.js";
import { TalkDesk } from "../../../frontend/src/pages/talkDesk.js";
import { openCount, shownThreads } from "../../../frontend/src/panels/threads.js";

const thread = (id, parts = {}) =>
  /** @type {any} */ ({
    id,
    x: 5,
    y: 6,
    text: `${id}`,
    author: "bob",
    resolved_at: null,
    replies: [],
    ...parts,
  });

function desk(answer, can = ["comment"]) {
  const store = createStore({ image: { id: 1, width: 100, height: 80 } });
  store.update({ stage: { width: 200, height: 160 }, view: { scale: 2, x: 0, y: 0 } });
  const board = new Board({ project: /** @type {any} */ ({ can }) });
  const asked = [];
  const client = /** @type {any} */ ({
    send: async (method, path, { json } = {}) => {
      asked.push([method, path, json]);
      return { data: await answer(method, path, json) };
    },
  });
  const talk = new TalkDesk(
    /** @type {any} */ ({
      store,
      get state() {
        return store.state;
      },
    }),
    /** @type {any} */ ({ client, board }),
  );
  board.show({ image: /** @type {any} */ ({ id: 1 }) });
  return { store, board, talk, asked };
}

test("a pin begins under the pointer, inside of the image", () => {
  const { store, board, talk } = desk(() => ({ results: [], next: null }));
  store.update({ pointer: { x: 120, y: 30 } });

  talk.pin();

  expect(board.facts.talk.draft).toMatchObject({ x: 100, y: 30 });
  expect(board.facts.sideTab).toBe("comments");
  store.update({ pointer: null });
  talk.pin();
  expect(board.facts.talk.draft).toMatchObject({ x: 50, y: 40 });
});

test("who may not comment begins nothing", () => {
  const { board, talk } = desk(() => ({ results: [], next: null }), []);

  expect(talk.pin()).toBe(false);
  expect(board.facts.talk.draft).toBeNull();
});

test("what cannot be sent stays, and goes out under the same id", async () => {
  let fails = true;
  const { board, talk, asked } = desk((method) => {
    if (method === "GET") return { results: [], next: null };
    if (fails) throw new Error("The server cannot be reached.");
    return thread(4);
  });
  talk.pin();

  await talk.send("Which one?");
  const kept = board.facts.talk;
  fails = false;
  await talk.send("Which one?");

  expect(kept.problem).toContain("cannot be reached");
  expect(kept.draft).not.toBeNull();
  const ids = asked.filter(([method]) => method === "POST").map(([, , json]) => json.uuid);
  expect(ids[0]).toBe(ids[1]);
  expect(board.facts.talk).toMatchObject({ draft: null, open: 4, problem: "", sending: false });
});

test("opening a thread moves the picture only when its place is out of sight", async () => {
  const far = thread(2, { x: 99, y: 79 });
  const { store, talk } = desk(() => ({ results: [thread(1), far], next: null }));
  await talk.reload();

  talk.open(1);
  expect(store.state.session.view).toEqual({ scale: 2, x: 0, y: 0 });
  store.update({ view: { scale: 4, x: 0, y: 0 } });
  talk.open(2);
  expect(store.state.session.view).toEqual({ scale: 4, x: -296, y: -236 });
});

test("resolved threads are left out, and the others keep their numbers", () => {
  const threads = [thread(1, { resolved_at: "2026-05-04" }), thread(2), thread(3)];
  const numbers = (parts) =>
    shownThreads({ threads, withResolved: false, open: null, ...parts }).map(
      ({ number }) => number,
    );

  expect(numbers({})).toEqual([2, 3]);
  expect(numbers({ withResolved: true })).toEqual([1, 2, 3]);
  expect(numbers({ open: 1 })).toEqual([1, 2, 3]);
  expect(openCount({ threads })).toBe(2);
});

test("words begun on an image are there again on the way back", () => {
  const { board, talk } = desk(() => ({ results: [], next: null }));
  talk.pin();
  const { draft } = board.facts.talk;
  talk.show({ draft: /** @type {any} */ ({ ...draft, text: "Is this" }) });

  board.show({ image: /** @type {any} */ ({ id: 2 }) });
  const elsewhere = board.facts.talk.draft;
  board.show({ image: /** @type {any} */ ({ id: 1 }) });

  expect(elsewhere).toBeNull();
  expect(board.facts.talk.draft).toMatchObject({ uuid: draft?.uuid, text: "Is this" });
});

test("words that only this page knows are known to be unsent, wherever they were begun", async () => {
  const { board, talk } = desk((method) =>
    method === "POST" ? thread(9) : { results: [], next: null },
  );
  expect(talk.hasUnsent).toBe(false);
  talk.pin();
  expect(talk.hasUnsent).toBe(false); // a pin without a word

  talk.show({ draft: /** @type {any} */ ({ ...board.facts.talk.draft, text: "Is this" }) });
  expect(talk.hasUnsent).toBe(true);
  board.show({ image: /** @type {any} */ ({ id: 2 }) });
  expect(talk.hasUnsent).toBe(true);
  board.show({ image: /** @type {any} */ ({ id: 1 }) });
  await talk.send("Is this");
  expect(talk.hasUnsent).toBe(false);

  talk.keep(9, { uuid: "a", text: "Yes" });
  expect(talk.hasUnsent).toBe(true);
  await talk.answer(9, "Yes", "a");
  expect(talk.hasUnsent).toBe(false);
});

describe("one's own comment that is being changed", () => {
  const begun = (/** @type {TalkDesk} */ talk) =>
    talk.keepEdit(1, { text: "Ear or tail?", former: "Ear?" });

  test("is unsent once a word is another, and is not when it is saved", async () => {
    const { board, talk } = desk(() => ({ results: [thread(1)], next: null }));
    talk.keepEdit(1, { text: "Ear?", former: "Ear?" });
    expect(talk.hasUnsent).toBe(false);

    begun(talk);
    expect(talk.hasUnsent).toBe(true);
    await talk.revise(1, { text: "Ear or tail?" });
    expect(talk.hasUnsent).toBe(false);
    expect(board.facts.talk.edits).toEqual({});
  });

  test("stays through other threads, other images, what else is changed and what fails", async () => {
    const { board, talk } = desk((method, _path, json) => {
      if (method === "PATCH" && json.text) throw new Error("offline");
      return { results: [thread(1), thread(2)], next: null };
    });
    await talk.reload();
    begun(talk);

    talk.open(2);
    await talk.revise(2, { resolved: true });
    board.show({ image: /** @type {any} */ ({ id: 2 }) });
    await talk.revise(1, { text: "Ear or tail?" });

    expect(board.facts.talk.edits).toEqual({ 1: { text: "Ear or tail?", former: "Ear?" } });
    expect(board.facts.talk.problem).toBe("offline");
  });

  test("goes with the comment that is taken back", async () => {
    const { talk } = desk(() => ({ results: [], next: null }));
    begun(talk);

    await talk.remove(1);

    expect(talk.hasUnsent).toBe(false);
  });
});

describe("what is being written", () => {
  const written = (/** @type {TalkDesk} */ talk, /** @type {Board} */ board) =>
    talk.show({ draft: /** @type {any} */ ({ ...board.facts.talk.draft, text: "Is this" }) });

  test("stays when a thread is opened, and goes along to another place", async () => {
    const { store, board, talk } = desk(() => ({ results: [thread(1)], next: null }));
    await talk.reload();
    talk.pin();
    const uuid = board.facts.talk.draft?.uuid;
    written(talk, board);

    talk.open(1);
    expect(board.facts.talk).toMatchObject({ open: 1, draft: { text: "Is this" } });
    store.update({ pointer: { x: 7, y: 8 } });
    talk.pin();

    expect(board.facts.talk.draft).toEqual({ uuid, text: "Is this", x: 7, y: 8 });
  });

  test("of a pin without words nothing stays", async () => {
    const { board, talk } = desk(() => ({ results: [thread(1)], next: null }));
    await talk.reload();
    talk.pin();

    talk.open(1);

    expect(board.facts.talk.draft).toBeNull();
  });

  test("an answer is there again after another image, until it is sent", async () => {
    const { board, talk } = desk((method) =>
      method === "GET" ? { results: [], next: null } : thread(3),
    );
    talk.keep(3, { uuid: "u", text: "Yes" });

    board.show({ image: /** @type {any} */ ({ id: 2 }) });
    board.show({ image: /** @type {any} */ ({ id: 1 }) });
    expect(board.facts.talk.answers).toEqual({ 3: { uuid: "u", text: "Yes" } });
    await talk.answer(3, "Yes", "u");

    expect(board.facts.talk.answers).toEqual({});
  });

  test("a slow answer to one image's comment leaves the other image's words alone", async () => {
    const posted = {};
    const { board, talk } = desk((method) =>
      method === "GET"
        ? { results: [], next: null }
        : new Promise((resolve) => Object.assign(posted, { resolve })),
    );
    talk.pin();
    written(talk, board);
    const sent = talk.send("Is this");
    board.show({ image: /** @type {any} */ ({ id: 2 }) });
    talk.pin();
    written(talk, board);
    const second = board.facts.talk.draft;

    posted.resolve(thread(9));
    await sent;

    expect(board.facts.talk).toMatchObject({ draft: second, open: null });
    board.show({ image: /** @type {any} */ ({ id: 1 }) });
    expect(board.facts.talk.draft).toBeNull();
  });
});
