// Suggestions that a newer run of pre-labelling took away while somebody worked on them.
import { beforeEach, expect, test } from "vitest";
import { body, put, remove } from "./fake_server.js";
import { IMAGE, newWorld, until, untilSent } from "./outbox_page.js";

const SUGGESTED = { state: "suggested", source: "model", model: "sam" };
const ACCEPTED = { ...SUGGESTED, state: "confirmed" };

/** @type {ReturnType<typeof newWorld>} */
let world;

beforeEach(() => {
  world = newWorld();
  world.server.put("a", body(SUGGESTED));
});

test("one that is accepted is saved as a new object, and accepting it can be taken back", async () => {
  const { server, openPage } = world;
  const outbox = await openPage();
  server.purge("a");

  await outbox.record(IMAGE, [put("a", ACCEPTED, 1)]);
  await untilSent(outbox);
  expect(server.annotations.get("a")).toMatchObject({ ...ACCEPTED, revision: 1 });

  await outbox.record(IMAGE, [put("a", SUGGESTED, 1)]);
  await untilSent(outbox);
  expect(server.annotations.get("a")).toMatchObject({ ...SUGGESTED, revision: 2 });
  expect(
    new Set(server.requests.flatMap(({ changes }) => changes.map((one) => one.change_id))),
  ).toHaveLength(3);
});

test("many that are accepted at once are all saved, beside those that are still there", async () => {
  const { server, openPage } = world;
  const outbox = await openPage();
  const ids = Array.from({ length: 20 }, (_, i) => `s${i}`);
  for (const id of ids.filter((_, i) => i % 2)) server.put(id, body(SUGGESTED));

  await outbox.record(
    IMAGE,
    ids.map((id) => put(id, ACCEPTED, 1)),
  );
  await untilSent(outbox);

  const revisions = ids.map((id) => server.annotations.get(id).revision);
  expect(revisions).toEqual(ids.map((_, i) => (i % 2 ? 2 : 1)));
});

test("one that is refined while the answer is under way ends with the newest mask", async () => {
  const { server, openPage } = world;
  const outbox = await openPage();
  server.purge("a");
  server.faults.push((_, apply) => {
    void outbox.record(IMAGE, [put("a", { z: 2 }, 1)]);
    return apply();
  });

  await outbox.record(IMAGE, [put("a", { z: 1 }, 1)]);
  await untilSent(outbox);

  expect(server.annotations.get("a")).toMatchObject({ z: 2, revision: 2 });
});

test("one that is deleted stays away, and the deletion can be undone", async () => {
  const { server, openPage } = world;
  const outbox = await openPage();
  server.purge("a");

  await outbox.record(IMAGE, [remove("a", 1)]);
  await untilSent(outbox);
  expect(server.annotations.has("a")).toBe(false);

  await outbox.record(IMAGE, [put("a", SUGGESTED, 1)]);
  await untilSent(outbox);
  expect(server.annotations.get("a")).toMatchObject({ ...SUGGESTED, revision: 1 });
});

test("what a person deleted elsewhere is a conflict still", async () => {
  const { server, openPage } = world;
  const outbox = await openPage();
  server.put("a", body({ ...SUGGESTED, state: "deleted" }));

  await outbox.record(IMAGE, [put("a", ACCEPTED, 1)]);

  await until(() => expect(outbox.status().conflicts).toHaveLength(1));
  expect(server.annotations.get("a")).toMatchObject({ state: "deleted", revision: 2 });
});
