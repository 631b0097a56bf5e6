/**
 * The line of figures: where the pointer is, how large, which model and how fast, how much is
 * covered.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { hintWords } from "./hint.js";

/** @typedef {import("./view.js").View} View */

/** @type {import("./view.js").Panel} */
export const status = {
  inputs: ({ state, facts }) => [
    state?.session.pointer,
    state?.session.view.scale,
    state?.session.selection,
    state?.document.objects,
    facts.image,
    facts.model,
    facts.coverage,
    facts.outbox.unsent,
    facts.project,
  ],
  template: ({ state, facts }) => {
    const { image, model, coverage, outbox, project } = facts;
    return html`
      <span class="cell pointer">${pointerWords(state)}</span>
      <span class="cell zoom">${state ? `${zoomWords(state.session.view.scale)} %` : ""}</span>
      <span class="cell">${image ? `${image.width} × ${image.height}` : ""}</span>
      <span class="cell">${coverage === null ? nothing : `${(coverage * 100).toFixed(1)} % covered`}</span>
      <span class="hint">${hintWords(state, image)}</span>
      <span class="cell">${model ? `${model.name} · ${Math.round(model.ms)} ms` : (project?.segmenter ?? "")}</span>
      <span class="cell">${outbox.unsent > 0 ? `${outbox.unsent} unsent` : ""}</span>
    `;
  },
};

/** @param {number} scale */
function zoomWords(scale) {
  const percent = scale * 100;
  return percent < 10 ? percent.toFixed(1) : Math.round(percent);
}

/** @param {import("../types.js").EditorState | null} state */
function pointerWords(state) {
  const pointer = state?.session.pointer;
  if (!state || !pointer) return "";
  const { width, height } = state.document.image;
  const [x, y] = [Math.floor(pointer.x), Math.floor(pointer.y)];
  return x >= 0 && y >= 0 && x < width && y < height ? `x ${x}  y ${y}` : "";
}
