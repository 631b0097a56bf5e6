// How much processor time the classical tools' pixel work takes on 1024 x 768, in the worker and on the page's
// thread, each beside one plain pass over the picture (sRGB to Lab) in the same run.
//
//   node tests/bench/bench_pixel_tools.mjs [rounds]
import { components, fillHoles } from "../../frontend/src/geometry/components.js";
import { outline } from "../../frontend/src/geometry/contour.js";
import { pixelFeatures } from "../../frontend/src/geometry/features.js";
import { alike } from "../../frontend/src/geometry/flood.js";
import { classify, growForest, randomFrom } from "../../frontend/src/geometry/forest.js";
import { knotted } from "../../frontend/src/geometry/knots.js";
import { cutAlong } from "../../frontend/src/geometry/knife.js";
import { toLab } from "../../frontend/src/geometry/lab.js";
import { edgeCosts, waysFrom, wayTo } from "../../frontend/src/geometry/livewire.js";
import { bordersOf, maskOfPieces, piecesOf } from "../../frontend/src/geometry/pieces.js";
import { fillRings } from "../../frontend/src/geometry/rings.js";
import { fromBitmap } from "../../frontend/src/geometry/rle.js";
import { complement, unionOf } from "../../frontend/src/geometry/sets.js";
import { superpixels } from "../../frontend/src/geometry/superpixels.js";
import { grow, smooth } from "../../frontend/src/geometry/tidy.js";
import { settled, verdict } from "../../frontend/src/geometry/verdict.js";
import { rasterOf } from "../../frontend/src/tools/scribbleRaster.js";

const ROUNDS = Number(process.argv[2] ?? 5);
const SIZE = { width: 1024, height: 768 };
const HW = [SIZE.height, SIZE.width];
const COUNT = SIZE.width * SIZE.height;
const FRAME = { x: 0, y: 0, ...SIZE, step: 1 };
const random = randomFrom(7);

const rgba = new Uint8ClampedArray(4 * COUNT);
for (let at = 0; at < COUNT; at += 1) {
  const [x, y] = [at % SIZE.width, Math.floor(at / SIZE.width)];
  const wave = 128 + 80 * Math.sin(x / 40) * Math.cos(y / 30) + 16 * random();
  rgba.set([wave, x / 5, y / 4, 255], 4 * at);
}

function mask(inside) {
  const bits = Uint8Array.from({ length: COUNT }, (_, at) =>
    Number(inside(at % SIZE.width, Math.floor(at / SIZE.width))),
  );
  return fromBitmap(bits, HW);
}

const blob = mask((x, y) => Math.hypot(x - 512, y - 384) < 300 + 20 * Math.sin(Math.atan2(y - 384, x - 512) * 40));
const objects = Array.from({ length: 200 }, (_, at) => {
  const [cx, cy] = [((at % 20) + 0.5) * 51, (Math.floor(at / 20) + 0.5) * 76];
  return mask((x, y) => Math.hypot(x - cx, y - cy) < 35);
});
const circle = Array.from({ length: 2000 }, (_, at) => [
  512 + 330 * Math.cos((at / 2000) * 2 * Math.PI),
  384 + 330 * Math.sin((at / 2000) * 2 * Math.PI),
]).flat();

const pieces = superpixels(rgba, SIZE, 24);
const index = piecesOf(FRAME, pieces.labels, pieces.count);
const costs = edgeCosts(rgba, SIZE);
const ways = waysFrom(costs, SIZE, 400_000);
const features = pixelFeatures(rgba, SIZE);
const cells = Int32Array.from({ length: 4000 }, () => Math.floor(random() * COUNT));
const classes = Uint8Array.from(cells, (cell) => Number(cell % SIZE.width > 512));
const forest = growForest(features, cells, classes, 2, randomFrom(1));
const shares = classify(forest, features);
const known = verdict(shares);
const look = { colors: ["#0072b2", "#e69f00"], colorOf: () => "#0072b2", shows: "classes" };

/** In the worker: long, but nobody waits on the page's thread. */
const WORKER = {
  "wand, all of it": () => alike(rgba, SIZE, { seed: 5000, tolerance: 255, spreads: true }),
  "superpixels of 24": () => superpixels(rgba, SIZE, 24),
  "index of the superpixels": () => [piecesOf(FRAME, pieces.labels, pieces.count), bordersOf(pieces.labels, 1024)],
  "edges for the scissors": () => edgeCosts(rgba, SIZE),
  "ways from one point": () => waysFrom(costs, SIZE, 400_000),
  "features for scribbles": () => pixelFeatures(rgba, SIZE),
  "forest of 4,000 pixels": () => growForest(features, cells, classes, 2, randomFrom(1)),
  "classes of all pixels": () => classify(forest, features),
  "verdict, smoothed": () => verdict(settled(shares, FRAME, 2)),
  "grow by 5": () => grow(blob, 5),
  "smooth by 3": () => smooth(blob, 3),
  "fill holes": () => fillHoles(blob),
};

/** On the page's thread: 8 ms is the budget. */
const PAGE = {
  "lasso of 2,000 points": () => fillRings([circle], HW, "nonzero"),
  "vertices of a large outline": () => outline(blob).map((ring) => knotted(ring, 1.5)),
  "split along a line": () => cutAlong(blob, [{ x: 500, y: -5 }, { x: 530, y: 800 }]),
  "split into pieces": () => components(blob),
  "void among 200 objects": () => complement(unionOf(objects, HW)),
  "superpixel under the pointer": () => maskOfPieces(index, [pieces.count >> 1], HW),
  "way under the pointer": () => wayTo(ways, SIZE.width, 1000),
  "picture of the classes": () => rasterOf(FRAME, known, [], look),
};

function median(run) {
  run(); // compiled
  const times = Array.from({ length: ROUNDS }, () => {
    const began = process.cpuUsage(); // not the clock: others may want the processor too
    run();
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[ROUNDS >> 1];
}

const baseline = median(() => toLab(rgba));
const line = (name, ms) =>
  console.log(`${name.padEnd(32)} ${ms.toFixed(1).padStart(8)} ms ${(ms / baseline).toFixed(2).padStart(8)} x`);
line("baseline: one pass to Lab", baseline);
for (const [place, runs] of [["In the worker", WORKER], ["On the page's thread", PAGE]]) {
  console.log(`\n${place}`);
  for (const [name, run] of Object.entries(runs)) line(name, median(run));
}
