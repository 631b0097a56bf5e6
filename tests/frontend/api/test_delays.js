import { expect, test } from "vitest";
import { Delays } from "../../../frontend/src/api/outbox/delays.js";
import { Lane } from "../../../frontend/src/api/outbox/lane.js";
import { memoryStorage } from "../../../frontend/src/api/outbox/storage.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { body, put } from "./fake_server.js";
import { until } from "./outbox_page.js";

const row = (seq) => /** @type {any} */ ({ seq });

test("a row that failed alone waits longer each time", () => {
  const delays = new Delays((tries) => 100 * tries);
  delays.add(row(1), 0);
  delays.add(row(1), 100);

  expect(delays.of(row(1))).toEqual({ tries: 2, notBefore: 300 });
  expect(delays.of(row(2))).toEqual({ tries: 0, notBefore: 0 });
});

test("the next try is that of the row that is due first", () => {
  const delays = new Delays((tries) => 100 * tries);
  delays.add(row(1), 0);
  delays.add(row(2), 50);

  expect(delays.wait_ms([row(1), row(2)], 20)).toBe(80);
  expect(delays.wait_ms([row(2)], 20)).toBe(130);
  expect(delays.wait_ms([], 20)).toBeNull();
});

test("a lane in which a conflict stands rests, whatever failed before", async () => {
  let looks = 0;
  const answers = [
    () => ({ status: 503, problem: {} }),
    () => ({ status: 200, revision: 1 }),
    () => {
      void lane.record([put("b", { z: 3 })]); // waits behind what is on its way
      return { status: 412, problem: { current: { ...body({ z: 9 }), revision: 9 } } };
    },
  ];
  const lane = new Lane(1, {
    storage: memoryStorage(),
    send: async (_image, changes) => {
      const answer = answers.shift();
      return changes.map(({ id, change_id }) => ({ id, change_id, ...answer() }));
    },
    newId,
    now: () => {
      looks += 1;
      return Date.now();
    },
    backoff_ms: () => 1,
    tell: () => {},
  });
  await lane.load();
  await lane.record([put("a")]);
  await until(() => expect(lane.rows).toEqual([]));
  void lane.record([put("b")]);
  await until(() => expect(lane.rows.map(({ state }) => state)).toEqual(["conflict", "waiting"]));

  looks = 0;
  await new Promise((resolve) => setTimeout(resolve, 60));

  expect(looks).toBeLessThan(5);
});
