// What is known of an image's past before it is opened.
import { expect, test } from "vitest";
import { UndoShelf } from "../../../frontend/src/pages/undoShelf.js";

test("an undo knows the revisions of what is deleted, and of nothing that came back unseen", async () => {
  const change = (id) => ({ id, before: null, after: null });
  const rows = [{ image: 7, seq: 1, words: "Add", changes: [change("a"), change("b")] }];
  const results = [
    { id: "a", revision: 3, state: "confirmed" },
    { id: "b", revision: 2, state: "deleted" },
  ];
  const shelf = new UndoShelf(/** @type {any} */ ({ read: async () => ({ rows, done: 1 }) }), {
    client: /** @type {any} */ ({ send: async () => ({ data: { results, next: null } }) }),
    toasts: /** @type {any} */ ({ say: expect.unreachable }),
  });

  const { revisions } = await shelf.find(7, []);

  expect([...revisions]).toEqual([["b", 2]]);
});
