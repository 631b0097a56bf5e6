import { expect, test } from "vitest";
import { shownColor, shownHeat } from "../../../frontend/src/model/colors.js";
import {
  HEAT,
  heatColor,
  heatScale,
  NO_VALUE,
  withoutValue,
} from "../../../frontend/src/model/heat.js";

/** A document of suggestions with these facts; what is not named is not told. */
function documentOf(...facts) {
  const objects = facts.map((one, i) => ({ id: `${i}`, label: 1, state: "suggested", ...one }));
  return {
    labels: [{ id: 1, color: "#0072b2" }],
    objects: new Map(objects.map((one) => [one.id, one])),
  };
}

test.each([
  ["score", 0.9, 0.5],
  ["stability", 0.9, 0.5],
  ["disagreement", 0.5, 0.9],
  ["boundary_entropy", 0.5, 0.9],
])("the scale of %s reaches from the surest to the least sure", (signal, sure, unsure) => {
  const scale = heatScale(documentOf({ [signal]: 0.9 }, { [signal]: 0.5 }, {}), signal);

  expect(scale).toEqual({ signal, sure, unsure, ordered: [sure, unsure] });
  expect(heatColor(sure, scale)).toBe(HEAT[0]);
  expect(heatColor(0.7, scale)).toBe(HEAT[2]);
  expect(heatColor(unsure, scale)).toBe(HEAT[4]);
  expect(heatColor(null, scale)).toBe(NO_VALUE);
});

test("values that hardly differ are of one colour, not of two ends", () => {
  const scale = heatScale(documentOf({ score: 0.95 }, { score: 0.951 }), "score");

  expect(heatColor(0.95, scale)).toBe(heatColor(0.951, scale));
});

test("each colour is of a fifth of the objects, however their values crowd", () => {
  const entropies = [0.72, 0.9, 0.92, 0.93, 0.94, 0.95, 0.955, 0.96, 0.965, 0.97];
  const document = documentOf(...entropies.map((boundary_entropy) => ({ boundary_entropy })));
  const scale = heatScale(document, "boundary_entropy");

  const colors = entropies.map((value) => heatColor(value, scale));

  for (const color of HEAT) expect(colors.filter((one) => one === color)).toHaveLength(2);
  expect(colors).toEqual([...HEAT].flatMap((color) => [color, color]));
});

test("equal values are of one colour", () => {
  const document = documentOf({ score: 0.9 }, { score: 0.5 }, { score: 0.5 }, { score: 0.5 });

  expect(heatColor(0.5, heatScale(document, "score"))).toBe(HEAT[3]);
});

test("a decision moves no other suggestion's colour", () => {
  const before = documentOf({ score: 0.9 }, { score: 0.4 });
  const after = documentOf({ score: 0.9 }, { score: 0.4, state: "confirmed" });

  expect(heatScale(after, "score")).toEqual(heatScale(before, "score"));
});

test("only suggestions are coloured by doubt, by the chosen one, and when it is asked for", () => {
  const document = documentOf({ score: 0.9, disagreement: 0.4 }, { score: 0.5, disagreement: 0.1 });
  const [first] = document.objects.values();
  const by = (heatSignal) => shownHeat(document, { heat: true, heatSignal });

  expect(shownColor(document, first, by("score"))).toBe(HEAT[0]);
  expect(shownColor(document, first, by("disagreement"))).toBe(HEAT[4]);
  expect(shownColor(document, first, by("stability"))).toBe(NO_VALUE);
  expect(shownHeat(document, { heat: false, heatSignal: "score" })).toBeNull();
  expect(shownColor(document, first, null)).toBe("#0072b2");
  expect(shownColor(document, { ...first, state: "confirmed" }, by("score"))).toBe("#0072b2");
});

test("suggestions of which nothing is told are counted", () => {
  const document = documentOf({ stability: 0.9 }, {}, { state: "confirmed" });

  expect(withoutValue(document, "stability")).toBe(1);
});
