// From image to image: whatever is pressed while one still loads, what is shown is what can be
// changed, and what is changed arrives.
import { afterEach, expect, test, vi } from "vitest";
import { replaceMask } from "../../../frontend/src/model/actions/replaceMask.js";
import { newId } from "../../../frontend/src/model/ids.js";
import { DeskWorld, draw, until, untilSent } from "./desk_page.js";

afterEach(() => vi.unstubAllGlobals());

const waits = (gate, count = 1) => until(() => expect(gate.waiting).toHaveLength(count));
const shown = (desk) => [...desk.state.document.objects.values()].map(({ rle }) => rle.counts);

function redraw(desk, id, counts) {
  const rle = { size: [2, 3], counts };
  return desk.store.dispatch(replaceMask({ id, rle, words: "x" }));
}

test("an image that is opened twice at once can be changed", async () => {
  const world = new DeskWorld();
  const { desk, outbox, board } = await world.page();
  await desk.open(1);
  const gate = world.hold("images/2/annotations/");

  const first = desk.open(2);
  await waits(gate);
  const second = desk.open(2);
  await waits(gate, 2);
  gate.waiting[0]();
  await first;
  gate.open();
  await second;

  expect(board.facts.readOnly).toBe("");
  draw(desk);
  await untilSent(outbox);
  expect(world.server(2).annotations.size).toBe(1);
});

test("an image that one has left and come back to while it loads can be changed", async () => {
  const world = new DeskWorld();
  const { desk, outbox } = await world.page();
  await desk.open(1);
  const gate = world.hold("/annotations/");

  const visits = [desk.open(2)];
  await waits(gate);
  for (const id of [3, 2]) visits.push(desk.open(id));
  await waits(gate, 3);
  gate.waiting[0]();
  await visits[0];
  gate.open();
  await Promise.all(visits);

  draw(desk);
  await untilSent(outbox);
  expect(world.server(2).annotations.size).toBe(1);
  expect([...world.locks.held.keys()]).toEqual(["t:image:2"]);
});

test("an image that another tab takes while it loads can only be looked at", async () => {
  const world = new DeskWorld();
  const { desk, board } = await world.page();
  const gate = world.hold("images/1/annotations/");

  const visit = desk.open(1);
  await waits(gate);
  void world.locks.request("t:image:1", { steal: true }, () => new Promise(() => {}));
  await until(() => expect(world.locks.held.size).toBe(1));
  gate.open();
  await visit;

  expect(board.facts).toMatchObject({ elsewhere: true, loading: false });
  expect(draw(desk)).toBe(false);
});

test("an image that was asked for earlier does not take the place of the one that stands", async () => {
  const world = new DeskWorld();
  const { desk, outbox, root } = await world.page();
  await desk.open(2);
  draw(desk);
  await untilSent(outbox);
  desk.store.undo();
  await untilSent(outbox);
  await desk.open(1);
  const gate = world.hold("include=deleted");

  const early = desk.open(2);
  await waits(gate);
  await desk.open(3);
  gate.open();
  await early;

  expect(root.dataset.imageId).toBe("3");
  expect(history.addresses.at(-1)).toContain("/images/3/");
  draw(desk);
  await untilSent(outbox);
  expect(world.server(3).annotations.size).toBe(1);
});

test("an image that another tab lets go does not come back after one has gone on", async () => {
  const world = new DeskWorld();
  const { desk, root } = await world.page();
  let letGo;
  const kept = new Promise((resolve) => {
    letGo = resolve;
  });
  void world.locks.request("t:image:1", {}, () => kept);
  await desk.open(1);
  letGo();
  await until(() => expect(world.locks.held.size).toBe(0));
  const asked = new Promise((resolve) => {
    world.locks.before = () => new Promise((grant) => resolve(grant));
  });

  const turn = world.turns.shift()();
  const grant = await asked;
  world.locks.before = async () => {};
  await desk.open(2);
  grant();
  await turn;

  expect(root.dataset.imageId).toBe("2");
  await until(() => expect([...world.locks.held.keys()]).toEqual(["t:image:2"]));
});

test("what is acknowledged after a reload, while the picture still loads, is shown", async () => {
  const world = new DeskWorld();
  const before = await world.page();
  await before.desk.open(1);
  const id = newId();
  draw(before.desk, id);
  await untilSent(before.outbox);
  world.hold("save");
  redraw(before.desk, id, "15");
  draw(before.desk);
  await until(() => expect(world.asked.filter((one) => one === "save")).toHaveLength(2));

  world.kill();
  const picture = world.hold("picture");
  const { desk, outbox, board } = await world.page();
  desk.prepare(1);
  await waits(picture);
  const visit = desk.open(1);
  await until(() => expect(world.server(1).annotations.size).toBe(2));
  await untilSent(outbox);
  picture.open();
  await visit;

  expect(shown(desk)).toEqual(["15", "06"]);
  expect(board.facts.backwards).toEqual([]);
  expect(world.said).toEqual([]);
  redraw(desk, id, "24");
  await untilSent(outbox);
  expect(world.server(1).annotations.get(id).segmentation.counts).toBe("24");
});

test("what is acknowledged after the image was left is shown on coming back, and can be undone", async () => {
  const world = new DeskWorld();
  const { desk, outbox } = await world.page();
  await desk.open(1);
  const save = world.hold("save");
  draw(desk);
  await waits(save);
  world.asked.length = 0;
  await desk.open(2);
  await until(() => expect(world.asked).toContain("images/1/annotations/")); // ahead of time

  save.open();
  await untilSent(outbox);
  await desk.open(1);

  expect(shown(desk)).toEqual(["06"]);
  expect(desk.state.canUndo).toBe(true);
  expect(world.said).toEqual([]);
});

test("a second press of submit is not for the image that it brought, a later one is", async () => {
  const world = new DeskWorld();
  const { desk } = await world.page();
  const submitted = () => world.asked.filter((one) => one.endsWith("/submit/"));
  await desk.open(1);

  await desk.submit();
  await until(() => expect(desk.room.image.id).toBe(2));
  await desk.submit();
  expect(submitted()).toEqual(["images/1/submit/"]);

  await until(async () => {
    await desk.submit();
    expect(submitted()).toEqual(["images/1/submit/", "images/2/submit/"]);
  });
});

test("an image that cannot be opened is left to other tabs, and can be tried again", async () => {
  const world = new DeskWorld();
  const { desk, board, outbox } = await world.page();
  await desk.open(1);
  const gate = world.hold("images/2/annotations/");

  const visit = desk.open(2);
  await waits(gate);
  gate.waiting[0](new Error("Gone."));
  await visit;

  expect(board.facts.trouble).not.toBeNull();
  await until(() => expect([...world.locks.held.keys()]).toEqual(["t:image:1"]));
  gate.open();
  await desk.retry();
  draw(desk);
  await untilSent(outbox);
  expect(world.server(2).annotations.size).toBe(1);
});
