/** Diagonal stripes that keep their width on the screen and move with the picture. */
import { layTile, tileOf } from "./tiles.js";

/** Stripes cover a part of the pixels, so each is to be that much more opaque. */
export const HATCH_GAIN = 1.4;

const PERIOD = 10; // screen_px from stripe to stripe
const STRIPE = 0.3; // of the period: a suggestion shows the picture before itself
const FULL = [0, 0, 0, 255];
const FAINT = [0, 0, 0, 20]; // between the stripes, so that small pieces do not vanish

/**
 * Cut what is on a surface into stripes.
 * @param {import("./surface.js").Surface} surface
 * @param {import("../types.js").Viewport} view
 * @param {number} density
 */
export function hatch(surface, view, density) {
  const size = Math.max(Math.round(PERIOD * density), 2);
  const tile = tileOf("hatch", size, (x, y) => ((x + y) % size < size * STRIPE ? FULL : FAINT));
  layTile(surface, tile, "destination-in", view, density);
}
