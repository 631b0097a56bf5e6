/** The picture's pixels as bytes, read in strips so that the page stays alive between them. */
import { Pyramid } from "./pyramid.js";
import { createSurface } from "./surface.js";

/** @typedef {import("../geometry/frame.js").Frame} Frame */

const STRIP_CELLS = 512 * 1024; // about 5 ms each

/**
 * @param {CanvasImageSource | Pyramid} picture
 * @param {{readonly width: number, readonly height: number}} image the size that the picture stands for
 * @param {Frame} frame
 * @returns {Promise<Uint8ClampedArray>} row-major, 4 bytes a cell
 */
export async function readPixels(picture, image, frame) {
  const { width, height, step } = frame;
  const pieces = await piecesOf(picture, image, frame);
  const rgba = new Uint8ClampedArray(4 * width * height);
  const rows = Math.max(Math.floor(STRIP_CELLS / width), 1);
  const { context } = createSurface(width, Math.min(rows, height), { isRead: true });
  context.imageSmoothingEnabled = step > 1;
  context.imageSmoothingQuality = "medium";
  for (let row = 0; row < height; row += rows) {
    const count = Math.min(rows, height - row);
    context.setTransform(1 / step, 0, 0, 1 / step, -frame.x / step, -frame.y / step - row);
    for (const { source, box } of pieces) context.drawImage(source, ...box);
    rgba.set(context.getImageData(0, 0, width, count).data, 4 * row * width);
    if (row + rows < height) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return rgba;
}

/**
 * @param {CanvasImageSource | Pyramid} picture
 * @param {{readonly width: number, readonly height: number}} image
 * @param {Frame} frame
 * @returns {Promise<readonly {source: CanvasImageSource, box: import("../types.js").BoxXywh}[]>}
 */
async function piecesOf(picture, image, { x, y, width, height, step }) {
  if (!(picture instanceof Pyramid))
    return [{ source: picture, box: [0, 0, image.width, image.height] }];
  const box = /** @type {const} */ ([x, y, width * step, height * step]);
  const tiles = await picture.tilesIn(picture.levelAt(1 / step), box);
  return tiles.map(({ tile, box: place }) => ({ source: tile, box: place }));
}
