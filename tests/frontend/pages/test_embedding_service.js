import { afterEach, expect, test, vi } from "vitest";
import { embeddingOf } from "../../../frontend/src/pages/services.js";

const CLIENT = { base: "http://server/api/v1/" };
const KEEPS = async () => true;

afterEach(() => vi.unstubAllGlobals());

/** A server that gives one answer after the other; the last one goes on. */
function answering(...answers) {
  const asked = [];
  vi.stubGlobal("fetch", async (address) => {
    asked.push(address);
    return answers[Math.min(asked.length, answers.length) - 1]();
  });
  return asked;
}

const halves = (shape, numbers) => () =>
  new Response(Uint16Array.from(numbers).buffer, {
    headers: { "X-Embedding-Shape": shape, "X-Embedding-Version": "1" },
  });
const status = (code) => () => new Response(null, { status: code });

test("what the server keeps of an image is a grid, asked for once", async () => {
  const asked = answering(halves("1,2,2,2", [0x3c00, 0, 0, 0, 0, 0, 0, 0xc000]));
  const embedding = embeddingOf(CLIENT, 7, KEEPS);

  const grid = await embedding();
  expect(await embedding()).toBe(grid);

  expect(grid).toMatchObject({ channels: 2, side: 2 });
  expect([...grid.data]).toEqual([1, 0, 0, 0, 0, 0, 0, -2]);
  expect(asked).toEqual(["http://server/api/v1/images/7/embedding/"]);
});

test("one that is still made is asked for again", async () => {
  const asked = answering(status(202), halves("2,1,1", [0x3c00, 0x3c00]));
  const embedding = embeddingOf(CLIENT, 7, KEEPS);

  expect(await embedding()).toBeNull();
  expect(await embedding()).toMatchObject({ channels: 2, side: 1 });
  expect(asked).toHaveLength(2);
});

test("a model that keeps none is not asked again", async () => {
  const asked = answering(status(422));
  const embedding = embeddingOf(CLIENT, 7, KEEPS);

  expect(await embedding()).toBeNull();
  expect(await embedding()).toBeNull();
  expect(asked).toHaveLength(1);
});

test("one that is known to keep none is not asked at all", async () => {
  const asked = answering(status(422));

  expect(await embeddingOf(CLIENT, 7, async () => false)()).toBeNull();
  expect(asked).toEqual([]);
});

test("a grid that is no square is none", async () => {
  answering(halves("1,1,2", [0, 0]));

  expect(await embeddingOf(CLIENT, 7, KEEPS)()).toBeNull();
});
