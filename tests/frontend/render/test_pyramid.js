import { expect, test, vi } from "vitest";
import { Pyramid } from "../../../frontend/src/render/pyramid.js";

const IMAGE = { width: 2500, height: 1300 };
const TILES = { size: 512, levels: 4 };

/** Tiles that say where they are from, and a context that notes what was drawn of them. */
function scene({ width = 800, height = 600, hold = false } = {}) {
  const asked = [];
  const waiting = [];
  const source = (level, row, column) => {
    asked.push(`${level}/${row}/${column}`);
    const tile = { name: `${level}/${row}/${column}` };
    return hold
      ? new Promise((resolve) => waiting.push(() => resolve(tile)))
      : Promise.resolve(tile);
  };
  const drawn = [];
  const context = {
    canvas: { width, height },
    setTransform: () => {},
    drawImage: (tile, ...numbers) => drawn.push([tile.name, ...numbers]),
  };
  return { pyramid: new Pyramid(IMAGE, TILES, source), context, asked, drawn, waiting };
}

test.each([
  [4, 0],
  [1, 0],
  [0.51, 0],
  [0.5, 1],
  [0.3, 1],
  [0.25, 2],
  [0.01, 3],
])("at %s device pixels a pixel level %s is drawn", (scale, level) => {
  expect(scene().pyramid.levelAt(scale)).toBe(level);
});

test("only tiles in sight are asked for, those in the middle first", () => {
  const { pyramid, context, asked } = scene();

  pyramid.draw(context, { scale: 1, x: -600, y: -100 }, 1);

  expect(asked).toEqual(["0/0/1", "0/0/2", "0/1/1", "0/1/2"]);
  expect(pyramid.placesIn(0, [600, 100, 800, 600])).toHaveLength(4);
});

test("until a tile is there the whole picture's part stands in its place", async () => {
  const { pyramid, context, drawn, waiting } = scene({ hold: true });
  const whole = pyramid.whole();
  waiting.shift()();
  await whole;

  pyramid.draw(context, { scale: 1, x: -512, y: 0 }, 1);
  expect(drawn[0][0]).toBe("3/0/0");
  const right = drawn.find(([, , , , , left]) => left === 0);
  expect(right.slice(1)).toEqual([64, 0, 64, 64, 0, 0, 512, 512]);

  drawn.length = 0;
  const told = vi.fn();
  pyramid.onTile(told);
  for (const give of waiting.splice(0)) give();
  await vi.waitFor(() => expect(told).toHaveBeenCalled());
  pyramid.draw(context, { scale: 1, x: -512, y: 0 }, 1);
  expect(drawn.map(([name]) => name)).toContain("0/0/1");
});

test("tiles at the border are cut to the picture, and neighbours share their edge", async () => {
  const { pyramid, context, drawn } = scene({ width: 3000, height: 2000 });
  await pyramid.tilesIn(0, [0, 0, IMAGE.width, IMAGE.height]);

  pyramid.draw(context, { scale: 0.77, x: 3.3, y: 1.1 }, 1);

  const byName = new Map(drawn.map(([name, ...numbers]) => [name, numbers]));
  const [, , sw, sh, left, , width] = byName.get("0/2/4");
  expect([sw, sh]).toEqual([2500 - 4 * 512, 1300 - 2 * 512]);
  expect(left + width).toBe(Math.round(2500 * 0.77 + 3.3));
  const [, , , , start, , across] = byName.get("0/0/0");
  expect(start + across).toBe(byName.get("0/0/1")[4]);
});

test("no more than a few tiles are fetched at once", () => {
  const { pyramid, context, asked } = scene({ width: 3000, height: 2000, hold: true });

  pyramid.draw(context, { scale: 1, x: 0, y: 0 }, 1);

  expect(asked).toHaveLength(6);
});

test("on a screen of more tiles than are kept else, each is asked for once and stays", async () => {
  const asked = [];
  const source = async (...place) => {
    asked.push(place.join("/"));
    return { name: place.join("/") };
  };
  const large = { width: 20_000, height: 12_000 };
  const pyramid = new Pyramid(large, { size: 512, levels: 7 }, source);
  let drawn = [];
  let isDirty = true;
  pyramid.onTile(() => {
    isDirty = true;
  });
  const context = {
    canvas: { width: 5120, height: 2700 },
    setTransform: () => {},
    drawImage: ({ name }) => drawn.push(name),
  };

  for (let frame = 0; isDirty && frame < 500; frame += 1) {
    isDirty = false;
    drawn = [];
    pyramid.draw(context, { scale: 0.51, x: -2000, y: -1000 }, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  expect(isDirty).toBe(false);
  expect(drawn.every((name) => name.startsWith("0/"))).toBe(true);
  expect(new Set(asked).size).toBe(asked.length);
});
