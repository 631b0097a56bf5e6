import { expect, test } from "vitest";
import { Surroundings } from "../../../frontend/src/pages/surroundings.js";

const LAST = 30;
const REACH = 2;

/** Images 1 ... 30 in order; an answer comes when it is let through. */
function scene() {
  const waiting = [];
  const around = (id) => {
    const near = Array.from({ length: LAST }, (_, index) => ({ id: index + 1 }));
    return {
      before: near.filter((one) => one.id < id && one.id >= id - REACH),
      after: near.filter((one) => one.id > id && one.id <= id + REACH),
    };
  };
  const fetch = (id) =>
    new Promise((resolve, reject) => {
      waiting.push({ answer: () => resolve(around(id)), fail: () => reject(new Error("away")) });
    });
  return { surroundings: new Surroundings(fetch), waiting };
}

async function lying(id) {
  const { surroundings, waiting } = scene();
  surroundings.headFor(id);
  const looked = surroundings.look(id, "number");
  waiting.shift().answer();
  await looked;
  return { surroundings, waiting };
}

test("steps pressed faster than images open each go one further", async () => {
  const { surroundings } = await lying(5);

  for (const expected of [6, 7]) {
    const id = await surroundings.step("next");
    expect(id).toBe(expected);
  }
  expect(await surroundings.step("previous")).toBe(6);
});

test("a step right after the page has opened waits for what is around", async () => {
  const { surroundings, waiting } = scene();
  surroundings.headFor(5);
  const step = surroundings.step("previous");
  const looked = surroundings.look(5, "number");
  waiting.shift().answer();
  await looked;
  expect(await step).toBe(4);
});

test("of two steps that wait the second goes further", async () => {
  const { surroundings, waiting } = scene();
  surroundings.headFor(5);
  const steps = [surroundings.step("next"), surroundings.step("next")];
  const looked = surroundings.look(5, "number");
  waiting.shift().answer();
  await looked;
  expect(await Promise.all(steps)).toEqual([6, 7]);
});

test("a step beyond what is known waits for the image that is on its way", async () => {
  const { surroundings, waiting } = await lying(5);
  surroundings.headFor(7);
  const step = surroundings.step("next");
  const looked = surroundings.look(7, "number");
  waiting.shift().answer();
  await looked;
  expect(await step).toBe(8);
});

test("at the end there is no next one", async () => {
  const { surroundings } = await lying(LAST);
  expect(await surroundings.step("next")).toBeNull();
  expect(await surroundings.step("previous")).toBe(LAST - 1);
});

test("without an answer nobody knows, and nobody waits for ever", async () => {
  const { surroundings, waiting } = scene();
  const looked = surroundings.look(5, "number");
  const step = surroundings.step("next");
  waiting.shift().fail();
  await expect(looked).rejects.toThrow("away");
  expect(await step).toBeUndefined();
});

test("an image that cannot be opened lets a step go", async () => {
  const { surroundings } = scene();
  surroundings.headFor(5);
  const step = surroundings.step("next");
  surroundings.settle();
  expect(await step).toBeUndefined();
});

test("in another order what was around does not count", async () => {
  const { surroundings, waiting } = await lying(5);
  surroundings.forget();
  const looked = surroundings.look(5, "-priority");
  const step = surroundings.step("next");
  waiting.shift().answer();
  await looked;
  expect(await step).toBe(6);
});

test("an answer for the former order that comes late is not kept", async () => {
  const { surroundings, waiting } = scene();
  surroundings.headFor(5);
  const former = surroundings.look(5, "number");
  surroundings.forget();
  const present = surroundings.look(5, "priority");
  const step = surroundings.step("next");
  let isTaken = false;
  void step.then(() => {
    isTaken = true;
  });
  waiting.shift().answer();
  await former;
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(isTaken).toBe(false);
  waiting.shift().answer();
  await present;
  expect(await step).toBe(6);
});
