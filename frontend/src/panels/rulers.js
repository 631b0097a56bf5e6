/**
 * Rulers along the upper and the left edge of the canvas, in image pixels: what is selected lies on
 * them as a band, the pointer as a line with its pixel.
 */

import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { bbox } from "../geometry/rle.js";
import { RULER_PX, rulerMarks } from "../geometry/ruler.js";
import { t } from "../texts.js";

/** @typedef {import("../types.js").EditorState} EditorState */
/**
 * @typedef {Object} Axis
 * @property {boolean} isDown
 * @property {number} scale
 * @property {number} offset screen_px
 * @property {number} length image_px
 * @property {number} room screen_px
 */

const TICK_PX = 5;
const LONG_TICK_PX = RULER_PX;

/** @type {import("./view.js").Panel} */
export const rulers = {
  inputs: ({ state }) => {
    if (!state?.session.rulersShown) return [];
    const { view, stage, selection } = state.session;
    return [view, stage, selection, state.document.objects];
  },
  template: ({ state }) => {
    if (!state?.session.rulersShown) return nothing;
    const box = selectedBox(state);
    return html`${axesOf(state).map((axis) => ruler(axis, box))}<div class="ruler-corner"
      title=${t("Image pixels")}>px</div>`;
  },
};

/** @type {import("./view.js").Panel} apart, since it is drawn with every move of the pointer */
export const rulerPointer = {
  inputs: ({ state }) =>
    state?.session.rulersShown ? [state.session.pointer, state.session.view] : [],
  template: ({ state }) => {
    const pointer = state?.session.pointer;
    if (!state?.session.rulersShown || !pointer) return nothing;
    return axesOf(state).map((axis) => pointed(axis, axis.isDown ? pointer.y : pointer.x));
  },
  after: (host) => {
    for (const mark of /** @type {NodeListOf<HTMLElement>} */ (
      host.querySelectorAll("[data-at]")
    )) {
      const way = mark.classList.contains("down") ? "Y" : "X";
      mark.style.transform = `translate${way}(${mark.dataset.at}px)`;
    }
  },
};

/** @param {EditorState} state @returns {readonly Axis[]} */
function axesOf({ document: { image }, session: { view, stage } }) {
  const { scale } = view;
  return [
    { isDown: false, scale, offset: view.x, length: image.width, room: stage.width },
    { isDown: true, scale, offset: view.y, length: image.height, room: stage.height },
  ];
}

/**
 * @param {EditorState} state
 * @returns {import("../types.js").BoxXywh | null} of the object selected last
 */
function selectedBox({ document, session }) {
  const object = document.objects.get(session.selection.at(-1) ?? "");
  return object ? bbox(object.rle) : null;
}

/**
 * @param {Axis} axis
 * @param {import("../types.js").BoxXywh | null} box
 */
function ruler(axis, box) {
  const { isDown, scale, offset, length, room } = axis;
  const { ticks, numbers } = rulerMarks(scale, offset, length, room);
  const size = isDown ? { width: RULER_PX, height: room } : { width: room, height: RULER_PX };
  const start = box ? box[isDown ? 1 : 0] * scale + offset : 0;
  const span = box ? box[isDown ? 3 : 2] * scale : 0;
  return html`<svg class="ruler ${isDown ? "down" : "across"}" width=${size.width} height=${size.height}
    aria-hidden="true">
    ${
      box
        ? svg`<rect class="ruler-band" x=${isDown ? 0 : start} y=${isDown ? start : 0}
      width=${isDown ? RULER_PX : span} height=${isDown ? span : RULER_PX}></rect>`
        : nothing
    }
    ${svg`<path d=${tickPath(ticks, numbers, isDown)}></path>`}
    ${numbers.map(({ value, at }) =>
      isDown
        ? svg`<text transform="translate(10 ${at + 3}) rotate(90)">${value}</text>`
        : svg`<text x=${at + 3} y="10">${value}</text>`,
    )}
  </svg>`;
}

/**
 * Ticks on whole pixels, those with a number across the whole ruler.
 * @param {readonly number[]} ticks
 * @param {readonly {readonly at: number}[]} numbers
 * @param {boolean} isDown
 */
function tickPath(ticks, numbers, isDown) {
  const line = (/** @type {number} */ at, /** @type {number} */ length) => {
    const place = Math.floor(at) + 0.5;
    return isDown ? `M${RULER_PX} ${place}h${-length}` : `M${place} ${RULER_PX}v${-length}`;
  };
  return [
    ...ticks.map((at) => line(at, TICK_PX)),
    ...numbers.map(({ at }) => line(at, LONG_TICK_PX)),
  ].join("");
}

/**
 * @param {Axis} axis
 * @param {number} at image_px
 */
function pointed({ isDown, scale, offset, length, room }, at) {
  const place = at * scale + offset;
  if (at < 0 || at >= length || place < 0 || place > room) return nothing;
  return html`<div class="ruler-pointer ${isDown ? "down" : "across"}" data-at=${place.toFixed(1)}><span>${Math.floor(at)}</span></div>`;
}
