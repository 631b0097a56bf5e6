import { expect, test } from "vitest";
import { area } from "../../../frontend/src/geometry/rle.js";
import { leaveToOthers } from "../../../frontend/src/model/overlap.js";
import { createStore } from "../../../frontend/src/model/store.js";
import { columns, IMAGE, object } from "../tools/hand.js";

const DRAWN = columns(5, 24); // 20 columns of 30 pixels

function left(overlap, objects, { locked = [], own = null } = {}) {
  const store = createStore({ image: IMAGE, objects });
  store.update({ overlap, locked: new Set(locked) });
  return area(leaveToOthers(store.state, DRAWN, own)) / 30;
}

const OBJECTS = [
  object("own", columns(0, 9)),
  object("open", columns(10, 14)),
  object("locked", columns(20, 30)),
  object("guess", columns(15, 19), { state: "suggested", label: null }),
  object("no", columns(15, 19), { state: "rejected" }),
];

test.each([
  ["over takes all, also of locked ones", "over", ["locked"], 20],
  ["protect leaves to locked ones", "protect", ["locked"], 15],
  ["protect leaves to a locked suggestion", "protect", ["guess"], 15],
  ["protect never leaves to a rejected one", "protect", ["no"], 20],
  ["protect with nothing locked takes all", "protect", [], 20],
  ["behind leaves to every confirmed one but itself", "behind", [], 10],
])("%s", (_name, overlap, locked, share) => {
  expect(left(overlap, OBJECTS, { locked, own: "own" })).toBe(share);
});

test("the same mask comes back when nobody keeps anything", () => {
  const store = createStore({ image: IMAGE, objects: [] });

  expect(leaveToOthers(store.state, DRAWN)).toBe(DRAWN);
});
