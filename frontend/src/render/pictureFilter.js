/**
 * A look as a filter on the picture's own layer: the masks above keep their colours, and no pixel
 * is drawn again while a slider moves. What CSS has functions for is left to them; one channel and
 * gamma are done by an SVG filter, which is made when it is first needed.
 */

import { AS_IT_IS } from "../model/pictureLook.js";

/** @typedef {import("../model/pictureLook.js").PictureLook} PictureLook */

const SVG = "http://www.w3.org/2000/svg";
const CHANNEL_ROWS = { red: "1 0 0 0 0", green: "0 1 0 0 0", blue: "0 0 1 0 0" };
const ALPHA_ROW = "0 0 0 1 0";

let made = 0; // ids are the page's: the next image's canvas is made before this one's is gone

/**
 * The value of the CSS property.
 * @param {Readonly<PictureLook>} look
 * @param {string} id of the SVG filter
 * @returns {string} "" for the picture as it is
 */
export function filterOf(look, id) {
  const { brightness, contrast, invert } = look;
  const parts = [
    needsSvg(look) ? `url(#${id})` : "",
    brightness === 1 ? "" : `brightness(${brightness})`,
    contrast === 1 ? "" : `contrast(${contrast})`,
    invert ? "invert(1)" : "",
  ];
  return parts.filter(Boolean).join(" ");
}

/** @param {Readonly<PictureLook>} look */
export function needsSvg({ channel, gamma }) {
  return channel !== "all" || gamma !== 1;
}

/**
 * The matrix that shows a channel as grey; of all channels the one that changes nothing.
 * @param {import("../model/pictureLook.js").Channel} channel
 * @returns {string} 4 rows of 5
 */
export function channelMatrix(channel) {
  const rows =
    channel === "all" ? Object.values(CHANNEL_ROWS) : Array(3).fill(CHANNEL_ROWS[channel]);
  return [...rows, ALPHA_ROW].join(" ");
}

export class PictureFilter {
  #root;
  #canvases;
  #id = `picture-look-${++made}`;
  #look = AS_IT_IS;
  /** @type {{svg: SVGElement, matrix: Element, curves: readonly Element[]} | null} */
  #parts = null;

  /**
   * @param {HTMLElement} root where the filter's element may stand
   * @param {readonly HTMLCanvasElement[]} canvases that show the picture
   */
  constructor(root, canvases) {
    this.#root = root;
    this.#canvases = canvases;
  }

  /** @param {Readonly<PictureLook>} look */
  show(look) {
    if (look === this.#look) return;
    this.#look = look;
    if (needsSvg(look)) this.#describe(look);
    const filter = filterOf(look, this.#id);
    for (const { style } of this.#canvases) style.filter = filter;
  }

  remove() {
    this.#parts?.svg.remove();
  }

  /** @param {Readonly<PictureLook>} look */
  #describe({ channel, gamma }) {
    this.#parts ??= this.#build();
    this.#parts.matrix.setAttribute("values", channelMatrix(channel));
    for (const curve of this.#parts.curves) curve.setAttribute("exponent", String(1 / gamma));
  }

  #build() {
    const svg = element("svg", { width: "0", height: "0", "aria-hidden": "true" });
    svg.style.position = "absolute";
    const filter = element("filter", {
      id: this.#id,
      "color-interpolation-filters": "sRGB",
      ...{ x: "0", y: "0", width: "1", height: "1" },
    });
    const matrix = element("feColorMatrix", { type: "matrix" });
    const transfer = element("feComponentTransfer", {});
    const curves = ["feFuncR", "feFuncG", "feFuncB"].map((name) =>
      element(name, { type: "gamma", amplitude: "1", offset: "0" }),
    );
    transfer.append(...curves);
    filter.append(matrix, transfer);
    svg.append(filter);
    this.#root.append(svg);
    return { svg, matrix, curves };
  }
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} attributes
 */
function element(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
