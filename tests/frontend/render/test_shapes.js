import { expect, test } from "vitest";
import { drawShape } from "../../../frontend/src/render/shapes.js";

const IMAGE = { width: 100, height: 100 };
const view = (scale) => ({ x: 0, y: 0, scale });

/** A context that notes the radius of every circle. */
function radii(points, { scale = 1, active = null, ghost = null } = {}) {
  const seen = [];
  const context = new Proxy(
    { arc: (_x, _y, radius) => seen.push(radius) },
    { get: (known, name) => known[name] ?? (() => {}), set: () => true },
  );
  const pen = { context, view: view(scale), density: 1, time: 0, isStill: true };
  drawShape(pen, { kind: "knots", points, active, ghost }, IMAGE);
  return seen;
}

const row = (step) => Array.from({ length: 7 }, (_, at) => ({ x: 10 + at * step, y: 20 }));

test("vertices that would run into one another are dots, seen from nearer they are not", () => {
  const far = radii(row(4));
  const near = radii(row(4), { scale: 4 });

  expect(near).toEqual(Array(7).fill(near[0]));
  const dot = Math.min(...far);
  expect(dot).toBeLessThan(near[0]);
  expect(far).toEqual([near[0], dot, dot, near[0], dot, dot, near[0]]);
});

test("the vertex in hand and the one a press would make are no dots", () => {
  const points = row(2);
  const ghost = { x: 11, y: 20 };
  const [large, , inHand] = radii(points, { active: points[2] });

  expect(inHand).toBeGreaterThan(large);
  expect(radii(points, { ghost }).at(-1)).toBe(large);
});
