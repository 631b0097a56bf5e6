// An answer that was lost, a browser that was killed, and somebody else's edit in between.
import { beforeEach, expect, test, vi } from "vitest";

vi.mock("../../../frontend/src/render/canvas.js", () => ({
  createCanvas: () => ({ element: {}, minimap: {}, setImage: () => {}, destroy: () => {} }),
}));
vi.mock("../../../frontend/src/render/pixels.js", () => ({ readPixels: () => null }));
vi.mock("../../../frontend/src/tools/activity.js", () => ({ watchActivity: () => () => {} }));
vi.mock("../../../frontend/src/tools/focusRing.js", () => ({ ringOnTab: () => () => {} }));
vi.mock("../../../frontend/src/tools/minimapHand.js", () => ({ attachMinimap: () => () => {} }));
vi.mock("../../../frontend/src/tools/pixels/bench.js", () => ({ Bench: class {} }));
vi.mock("../../../frontend/src/tools/stage.js", () => ({ attachStage: () => ({}) }));

import { addObject } from "../../../frontend/src/model/actions/addObject.js";
import { replaceMask } from "../../../frontend/src/model/actions/replaceMask.js";
import { ImageRoom } from "../../../frontend/src/pages/imageRoom.js";
import { watchOvertaken } from "../../../frontend/src/pages/overtaken.js";
import { NO_PAST } from "../../../frontend/src/pages/undoShelf.js";
import { body } from "../api/fake_server.js";
import { IMAGE, newWorld, until, untilSent } from "../api/outbox_page.js";

const MINE = "15";
const THEIRS = "33";
const NEXT = "24";
const FIRST = "06";

const maskOf = (counts) => ({ size: /** @type {[number, number]} */ ([2, 3]), counts });
const theirs = (parts = {}) => body({ segmentation: maskOf(THEIRS), ...parts });

/** @type {ReturnType<typeof newWorld>} */
let world;

beforeEach(() => {
  world = newWorld();
  vi.stubGlobal("document", {
    createElement: () => ({ setAttribute: () => {} }),
    body: {},
  });
});

function listed() {
  const all = [...world.server.annotations.values()];
  return structuredClone(all.filter(({ state }) => state !== "deleted"));
}

/** A page that has opened the image; what it sends waits until it is let go. */
async function openRoom() {
  let letGo = () => {};
  const waiting = new Promise((resolve) => {
    letGo = () => resolve(undefined);
  });
  world.server.faults.unshift(async (_, apply) => {
    await waiting;
    return apply();
  });
  const outbox = await world.openPage();
  const said = [];
  const listing = vi.fn(async () => {});
  const client = {
    send: async () => {
      await listing();
      return { data: { results: listed(), next: null } };
    },
  };
  const image = { id: IMAGE, width: 3, height: 2 };
  const room = new ImageRoom(
    /** @type {any} */ ({ append: () => {} }),
    /** @type {any} */ ({ image, annotations: listed(), picture: {} }),
    /** @type {any} */ ({ labels: [{ id: 1, name: "car", order: 1, color: "#000" }] }),
    { label: 1 },
    /** @type {any} */ ({
      outbox,
      services: {},
      past: NO_PAST,
      refuses: () => false,
      onReady: () => {},
      onEdit: () => {},
    }),
  );
  const desk = { room };
  const toasts = { say: (words) => said.push(words) };
  watchOvertaken(desk, /** @type {any} */ ({ client, outbox, toasts }));
  const draw = (counts) =>
    room.store.dispatch(replaceMask({ id: "a", rle: maskOf(counts), words: "x" }));
  const shown = () => room.store.state.document.objects.get("a")?.rle.counts;
  return { room, outbox, said, draw, shown, letGo, listing };
}

/** My change is stored as revision 2, its answer never comes, and the browser dies. */
async function lostAnswer() {
  const { server } = world;
  server.put("a", body({ segmentation: maskOf(FIRST) }));
  const page = await openRoom();
  server.faults = [
    (_, apply) => {
      apply();
      return new Promise(() => {});
    },
  ];
  page.draw(MINE);
  await until(() => expect(server.annotations.get("a").revision).toBe(2));
}

test("their newer state is shown, and is what the next stroke is made on", async () => {
  await lostAnswer();
  world.server.put("a", theirs());
  const { outbox, said, draw, shown, letGo } = await openRoom();
  expect(shown()).toBe(MINE);

  letGo();
  await until(() => expect(shown()).toBe(THEIRS));
  expect(said).toEqual([expect.stringContaining("changed elsewhere")]);
  expect(outbox.status().unsent).toBe(0);

  draw(NEXT);
  await untilSent(outbox);
  expect(world.server.annotations.get("a")).toMatchObject({
    revision: 4,
    segmentation: { counts: NEXT },
  });
});

test("who has drawn on before it is shown decides, and nothing is overwritten", async () => {
  await lostAnswer();
  world.server.put("a", theirs());
  const { outbox, said, draw, shown, letGo, listing } = await openRoom();
  let answer = () => {};
  listing.mockReturnValueOnce(
    new Promise((resolve) => {
      answer = () => resolve(undefined);
    }),
  );

  letGo();
  await until(() => expect(listing).toHaveBeenCalled());
  draw(NEXT);
  answer();
  await until(() => expect(outbox.status().conflicts).toHaveLength(1));

  expect(shown()).toBe(NEXT);
  expect(said).toEqual([]);
  expect(outbox.status().conflicts[0].current).toMatchObject({ revision: 3 });
  expect(world.server.annotations.get("a").segmentation.counts).toBe(THEIRS);
});

test("so does who drew on while the answer was still out", async () => {
  await lostAnswer();
  world.server.put("a", theirs());
  const { outbox, draw, shown, letGo } = await openRoom();

  draw(NEXT);
  letGo();
  await until(() => expect(outbox.status().conflicts).toHaveLength(1));

  expect(shown()).toBe(NEXT);
  expect(world.server.annotations.get("a").segmentation.counts).toBe(THEIRS);
});

test("a gesture that was begun on the older state is let end, and decides too", async () => {
  await lostAnswer();
  world.server.put("a", theirs());
  const { room, outbox, draw, shown, letGo, listing } = await openRoom();
  Object.assign(room.stage, { isActive: true });

  letGo();
  await until(() => expect(listing).toHaveBeenCalled());
  await untilSent(outbox);
  expect(shown()).toBe(MINE);
  draw(NEXT);
  Object.assign(room.stage, { isActive: false });
  await until(() => expect(outbox.status().conflicts).toHaveLength(1));

  expect(shown()).toBe(NEXT);
  expect(world.server.annotations.get("a").segmentation.counts).toBe(THEIRS);
});

test("what they deleted goes, and drawing on would be a conflict", async () => {
  await lostAnswer();
  world.server.put("a", theirs({ state: "deleted" }));
  const { room, said, shown, letGo } = await openRoom();
  expect(shown()).toBe(MINE);
  expect(room.store.revisionOf("a")).toBe(1);

  letGo();
  await until(() => expect(shown()).toBeUndefined());
  expect(said).toEqual([expect.stringContaining("deleted elsewhere")]);
});

test("where nobody was faster nothing changes: undo takes my change back", async () => {
  await lostAnswer();
  const { room, outbox, said, draw, shown, letGo, listing } = await openRoom();
  draw(NEXT);
  letGo();
  await untilSent(outbox);

  expect(listing).not.toHaveBeenCalled();
  room.store.undo();
  await untilSent(outbox);
  expect(shown()).toBe(MINE);
  expect(world.server.annotations.get("a")).toMatchObject({ revision: 4 });
  expect(said).toEqual([]);
});

test("a new object that may have arrived and been deleted is asked after, and stays", async () => {
  const first = await openRoom();
  first.room.store.dispatch(addObject({ id: "a", rle: maskOf(FIRST), label: 1 }));
  world.server.faults = [() => new Promise(() => {})]; // it never arrived
  await until(() => expect(world.server.requests).toHaveLength(1));
  const { room, outbox, said, shown, letGo, listing } = await openRoom();

  letGo();
  await until(() => expect(listing).toHaveBeenCalled());
  await untilSent(outbox);

  expect(shown()).toBe(FIRST);
  expect(room.store.revisionOf("a")).toBe(1);
  expect(said).toEqual([]);
});
