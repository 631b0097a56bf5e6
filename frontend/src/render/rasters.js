/** Pictures that tools lay over the picture; each is made into a canvas once. */
import { createSurface, enterImage } from "./surface.js";

/** @type {WeakMap<Uint8ClampedArray, HTMLCanvasElement>} */
const canvases = new WeakMap();

/**
 * @param {import("./shapes.js").Pen} pen
 * @param {import("../types.js").RasterShape} shape
 * @returns {boolean} that it does not move by itself
 */
export function drawRaster({ context, view, density }, { frame, rgba }) {
  let canvas = canvases.get(rgba);
  if (!canvas) {
    const surface = createSurface(frame.width, frame.height);
    const data = new ImageData(frame.width, frame.height);
    data.data.set(rgba);
    surface.context.putImageData(data, 0, 0);
    canvas = surface.canvas;
    canvases.set(rgba, canvas);
  }
  enterImage(context, view, density);
  context.imageSmoothingEnabled = view.scale < 1;
  const { x, y, width, height, step } = frame;
  context.drawImage(canvas, x, y, width * step, height * step);
  return false;
}
