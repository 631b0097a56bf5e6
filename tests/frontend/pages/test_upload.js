import { describe, expect, test, vi } from "vitest";
import { uploadImage } from "../../../frontend/src/api/uploads.js";
import { pictures } from "../../../frontend/src/pages/droppedFiles.js";
import { UploadQueue } from "../../../frontend/src/pages/uploadQueue.js";

const FILE = {};

function named(...names) {
  return names.map((name) => ({ file: FILE, name }));
}

/** A server that answers when told to. */
function slowServer() {
  const waiting = [];
  const send = (_file, name, onProgress) =>
    new Promise((resolve, reject) => waiting.push({ name, onProgress, resolve, reject }));
  return { waiting, send };
}

test("a picture is sent with what guards a change: the token, and whose page it is", async () => {
  const headers = {};
  vi.stubGlobal(
    "XMLHttpRequest",
    class {
      upload = {};
      status = 201;
      responseText = '{"id": 5}';
      open() {}
      setRequestHeader(name, value) {
        headers[name] = value;
      }
      send() {
        this.onload();
      }
    },
  );
  const guards = { "X-CSRFToken": "tok", "X-Acting-User": "17" };
  const client = /** @type {any} */ ({ base: "/api/v1/", guards: () => guards });

  const options = { name: "a.jpg", onProgress: () => {} };
  await uploadImage(client, 1, new File(["x"], "a.jpg"), options);

  expect(headers).toEqual({ ...guards, Accept: "application/json" });
  vi.unstubAllGlobals();
});

test("three at a time, the next when one is done", async () => {
  const { waiting, send } = slowServer();
  const queue = new UploadQueue(send, () => {});

  queue.add(named("a", "b", "c", "d", "e"));
  expect(waiting.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  waiting[1].resolve({ image: { id: 5 }, duplicate: false });

  await vi.waitFor(() => expect(waiting.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]));
  expect(queue.counts()).toEqual({ waiting: 1, sending: 3, stored: 1, duplicate: 0, refused: 0 });
});

test("a refusal says why, stands alone, and may be tried again", async () => {
  const { waiting, send } = slowServer();
  const queue = new UploadQueue(send, () => {});
  queue.add(named("a", "b"));

  waiting[0].reject(new Error("The picture has too many pixels."));
  waiting[1].resolve({ image: { id: 6 }, duplicate: true });
  await vi.waitFor(() => expect(queue.counts()).toMatchObject({ refused: 1, duplicate: 1 }));
  expect(queue.uploads[0]).toMatchObject({
    state: "refused",
    why: "The picture has too many pixels.",
  });

  queue.retryAll();
  expect(waiting).toHaveLength(3);
  waiting[2].resolve({ image: { id: 7 }, duplicate: false });
  await vi.waitFor(() =>
    expect(queue.uploads[0]).toMatchObject({ state: "stored", image: 7, why: "" }),
  );
});

test("progress is told for each file", () => {
  const { waiting, send } = slowServer();
  const onChange = vi.fn();
  const queue = new UploadQueue(send, onChange);
  queue.add(named("a"));
  onChange.mockClear();

  waiting[0].onProgress(0.25);

  expect(queue.uploads[0].share).toBe(0.25);
  expect(onChange).toHaveBeenCalledTimes(1);
});

describe("of a folder only pictures are sent, of single files all", () => {
  test.each([
    ["dir/a.JPG", true],
    ["dir/sub/a.webp", true],
    ["dir/a.png", true],
    ["dir/Thumbs.db", false],
    ["dir/a.jpg.txt", false],
    ["notes.txt", true],
  ])("%s", (name, isSent) => {
    expect(pictures(named(name))).toHaveLength(isSent ? 1 : 0);
  });
});
