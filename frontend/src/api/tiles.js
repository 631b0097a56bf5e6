/** Pieces of large images. */

import { t } from "../texts.js";
import { addressOf } from "./client.js";

/** @typedef {import("./wire.js").WireTiles} WireTiles */

const TRIES = 60; // the first request for an image makes all of its tiles, which takes a while
const WAIT_MS = 1_000;

/**
 * @param {WireTiles} tiles
 * @returns {(level: number, row: number, column: number) => Promise<ImageBitmap>}
 */
export function tileSource({ address }) {
  return async (level, row, column) => {
    const place = addressOf("", `${address}${level}/${row}/${column}/`);
    for (let tries = 1; ; tries += 1) {
      const response = await fetch(place, { credentials: "same-origin" });
      if (response.ok) return createImageBitmap(await response.blob());
      if (response.status !== 503 || tries === TRIES)
        throw new Error(
          t("The server answered {status} for a piece of the picture.", {
            status: response.status,
          }),
        );
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  };
}
