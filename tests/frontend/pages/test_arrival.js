// What a room is built from must be of one moment, however long its parts took.
import { expect, test } from "vitest";
import { arrive } from "../../../frontend/src/pages/arrival.js";
import { NO_PAST } from "../../../frontend/src/pages/undoShelf.js";

/** Acknowledgements come while the steps are looked for, as often as `acks` says. */
function scene({ acks = 0, writes = true } = {}) {
  let saves = 0;
  let loads = 0;
  const kept = { ...NO_PAST };
  const sources = {
    loader: {
      load: async () => {
        loads += 1;
        return { saves, annotations: [{ id: "a", revision: loads }] };
      },
    },
    outbox: {
      saves: () => saves,
      writes: () => writes,
      wentBackwards: async () => [],
    },
    shelf: {
      find: async () => {
        if (saves < acks) saves += 1;
        return kept;
      },
    },
  };
  const arrivals = [];
  const go = (parts = {}) =>
    arrive(1, /** @type {any} */ (sources), {
      ...{ isWriter: true, isWanted: () => true, ...parts },
      enter: (arrival) => arrivals.push(arrival),
    });
  return { go, arrivals, kept };
}

test("a list is asked for anew as long as something is acknowledged meanwhile", async () => {
  const { go, arrivals, kept } = scene({ acks: 2 });

  expect(await go()).toBe(true);

  expect(arrivals).toHaveLength(1);
  expect(arrivals[0]).toMatchObject({ isWriter: true, parts: { annotations: [{ revision: 3 }] } });
  expect(arrivals[0].past).toBe(kept);
});

test("a tab that has lost the image meanwhile enters it to look, and keeps no steps of it", async () => {
  const { go, arrivals } = scene({ writes: false });

  await go();

  expect(arrivals[0]).toMatchObject({ isWriter: false });
  expect(arrivals[0].past).toBe(NO_PAST);
});

test("what is not wanted any more is not entered", async () => {
  const { go, arrivals } = scene();

  expect(await go({ isWanted: () => false })).toBe(false);

  expect(arrivals).toEqual([]);
});
