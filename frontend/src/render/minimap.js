/**
 * Where one is, while only a part of the image is in sight: the whole image in the stage's corner,
 * drawn once, and a frame that moves over it. The frame is drawn too: an element that changes its
 * size with each step of a zoom costs the browser more than all the masks.
 */

import { frameOnMap, isPartInSight, mapSize } from "../geometry/minimap.js";
import { Pyramid } from "./pyramid.js";
import { clear, createSurface, enterImage, resize } from "./surface.js";

/** @typedef {import("../types.js").EditorState} EditorState */

const LEAST = 6; // of the map's pixels, so that the frame of a tiny part is seen

export class Minimap {
  #surface = createSurface(1, 1);
  #frame = createSurface(1, 1);
  #isStale = true;
  #isShown = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.element = document.createElement("div");
    this.element.className = "minimap";
    this.element.setAttribute("aria-hidden", "true"); // the arrows' keys and the zoom do the same
    this.element.hidden = true;
    this.#frame.canvas.className = "minimap-frame";
    this.element.append(this.#surface.canvas, this.#frame.canvas);
    root.append(this.element);
  }

  /** @returns {HTMLCanvasElement} that shows the picture */
  get canvas() {
    return this.#surface.canvas;
  }

  /** There is more of the picture to be seen. */
  invalidate() {
    this.#isStale = true;
  }

  /**
   * @param {EditorState} state
   * @param {CanvasImageSource | Pyramid | null} picture
   * @param {number} density device pixels in a CSS pixel
   */
  draw({ document: { image }, session }, picture, density) {
    const { view, stage, minimapShown } = session;
    const isShown = minimapShown && picture !== null && isPartInSight(view, image, stage);
    if (isShown !== this.#isShown) this.element.hidden = !isShown;
    this.#isShown = isShown;
    if (!isShown) return;
    if (this.#isStale) this.#drawPicture(image, picture, density);
    this.#drawFrame(frameOnMap(view, image, stage), density);
  }

  /**
   * @param {import("../types.js").BoxXywh} box of the map's pixels
   * @param {number} density
   */
  #drawFrame([x, y, width, height], density) {
    const { context, canvas } = this.#frame;
    const { color, outlineColor } = getComputedStyle(canvas); // the theme's
    const [across, down] = [Math.max(width, LEAST), Math.max(height, LEAST)];
    clear(this.#frame);
    context.setTransform(density, 0, 0, density, 0, 0);
    for (const [inset, line, style] of /** @type {const} */ ([
      [1, 2, color],
      [2.5, 1, outlineColor],
    ])) {
      context.lineWidth = line;
      context.strokeStyle = style;
      context.strokeRect(x + inset, y + inset, across - 2 * inset, down - 2 * inset);
    }
  }

  /**
   * @param {{width: number, height: number}} image
   * @param {CanvasImageSource | Pyramid} picture
   * @param {number} density
   */
  #drawPicture(image, picture, density) {
    this.#isStale = false;
    const size = mapSize(image);
    this.element.style.width = `${size.width}px`;
    this.element.style.height = `${size.height}px`;
    for (const surface of [this.#surface, this.#frame])
      resize(surface, Math.round(size.width * density), Math.round(size.height * density));
    clear(this.#surface);
    const { context } = this.#surface;
    const view = { scale: size.width / image.width, x: 0, y: 0 };
    if (picture instanceof Pyramid) {
      picture.drawWhole(context, size.width * density, size.height * density);
      return;
    }
    enterImage(context, view, density);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, image.width, size.height / view.scale);
  }
}
