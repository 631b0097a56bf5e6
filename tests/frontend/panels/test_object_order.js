// Which objects are listed, in which order, and what a click there selects.
import { describe, expect, test } from "vitest";
import { createDocument } from "../../../frontend/src/model/document.js";
import { listed, picked } from "../../../frontend/src/panels/objectOrder.js";

const counts = { small: "31;", large: "0<" };
const object = (id, parts) =>
  /** @type {any} */ ({
    id,
    label: 1,
    rle: { size: [3, 4], counts: counts.small },
    z: 0,
    state: "confirmed",
    source: "manual",
    score: null,
    stability: null,
    model: "",
    iscrowd: false,
    attributes: {},
    ...parts,
  });
const document = createDocument({
  image: { id: 1, width: 4, height: 3 },
  labels: /** @type {any} */ ([
    { id: 1, name: "bear", order: 1 },
    { id: 2, name: "Apple", order: 0 },
  ]),
  objects: [
    object("low", { z: 1, attributes: { pose: "lying" } }),
    object("sure", { z: 2, state: "suggested", source: "model", score: 0.9, model: "sam@1" }),
    object("unsure", { z: 3, state: "suggested", source: "model", score: 0.2, label: null }),
    object("big", { z: 4, label: 2, rle: { size: [3, 4], counts: counts.large } }),
    object("no", { z: 5, state: "rejected" }),
  ],
});
const ids = (wish) =>
  listed(document, { filter: "all", sort: "top", search: "", ...wish }).map(({ id }) => id);

test.each([
  [{}, ["big", "unsure", "sure", "low"]],
  [{ filter: "suggested" }, ["unsure", "sure"]],
  [{ filter: "rejected" }, ["no"]],
  [{ sort: "label" }, ["big", "sure", "low", "unsure"]],
  [{ sort: "large" }, ["big", "unsure", "sure", "low"]],
  [{ sort: "small" }, ["unsure", "sure", "low", "big"]],
  [{ sort: "unsure" }, ["unsure", "sure", "big", "low"]],
  [{ sort: "source" }, ["big", "low", "unsure", "sure"]],
  [{ search: "APP" }, ["big"]],
  [{ search: "no label" }, ["unsure"]],
  [{ search: "sam@" }, ["sure"]],
  [{ search: "lying" }, ["low"]],
  [{ search: "by hand" }, ["big", "low"]],
  [{ search: "zebra" }, []],
])("%o", (wish, expected) => {
  expect(ids(wish)).toEqual(expected);
});

describe("a click selects", () => {
  const rows = ["a", "b", "c", "d"].map((id) => ({ id }));
  const click = (selection, id, how) =>
    picked(rows, selection, id, { range: false, toggle: false, anchor: null, ...how });

  test.each([
    ["alone", ["a", "b"], "c", {}, ["c"]],
    ["as well", ["a"], "c", { toggle: true }, ["a", "c"]],
    ["no longer", ["a", "c"], "a", { toggle: true }, ["c"]],
    ["a range down", ["b"], "d", { range: true, anchor: "b" }, ["b", "c", "d"]],
    [
      "a range up, the clicked one primary",
      ["d"],
      "b",
      { range: true, anchor: "d" },
      ["d", "c", "b"],
    ],
    ["from an anchor that is filtered out, alone", ["x"], "b", { range: true, anchor: "x" }, ["b"]],
    ["without an anchor, alone", [], "b", { range: true }, ["b"]],
  ])("%s", (_name, selection, id, how, expected) => {
    expect(click(selection, id, how)).toEqual(expected);
  });
});
