/**
 * Where one is, while only a part of the image is in sight: the whole image in the stage's corner,
 * drawn once, and a frame that moves over it.
 */

import { frameOnMap, isPartInSight, mapSize } from "../geometry/minimap.js";
import { Pyramid } from "./pyramid.js";
import { clear, createSurface, enterImage, resize } from "./surface.js";

/** @typedef {import("../types.js").EditorState} EditorState */

export class Minimap {
  #surface = createSurface(1, 1);
  #frame = document.createElement("div");
  #isStale = true;
  #isShown = false;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.element = document.createElement("div");
    this.element.className = "minimap";
    this.element.setAttribute("aria-hidden", "true"); // the arrows' keys and the zoom do the same
    this.element.hidden = true;
    this.#frame.className = "minimap-frame";
    this.element.append(this.#surface.canvas, this.#frame);
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
    const [x, y, width, height] = frameOnMap(view, image, stage);
    const { style } = this.#frame;
    style.transform = `translate(${x}px, ${y}px)`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    if (this.#isStale) this.#drawPicture(image, picture, density);
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
    resize(this.#surface, Math.round(size.width * density), Math.round(size.height * density));
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
