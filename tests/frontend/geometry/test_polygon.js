import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fillPolygon } from "../../../frontend/src/geometry/polygon.js";
import { area } from "../../../frontend/src/geometry/rle.js";
import { union } from "../../../frontend/src/geometry/sets.js";

const { cases } = JSON.parse(
  readFileSync(new URL("../../data/polygon_cases.json", import.meta.url), "utf-8"),
);

function pointsOf(flat) {
  return flat.flatMap((x, at) => (at % 2 ? [] : [{ x, y: flat[at + 1] }]));
}

test.each(cases.map((each) => [each.name, each]))(
  "%s fills the pixels that pycocotools fills",
  (_name, { size, polygons, counts, area: pixels }) => {
    const filled = polygons.map((flat) => fillPolygon(pointsOf(flat), size)).reduce(union);

    expect(filled.counts).toBe(counts);
    expect(area(filled)).toBe(pixels);
  },
);

test("the way round does not matter", () => {
  const corners = pointsOf([1.2, 0.7, 8.9, 2.1, 6.6, 7.7, 2.4, 5.5]);

  const forth = fillPolygon(corners, [10, 10]);

  expect(area(forth)).toBeGreaterThan(20);
  expect(fillPolygon([...corners].reverse(), [10, 10]).counts).toBe(forth.counts);
});
