/**
 * The line of figures: where the pointer is, how large, which model and how fast, how much is
 * covered.
 */

import { html } from "../../vendor/lit-html/lit-html.js";
import { keyOf } from "../keys/defaultMap.js";
import { keyWords } from "../keys/keyWords.js";
import { t } from "../texts.js";
import { hintWords } from "./hint.js";
import { coverageWords } from "./wording.js";

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
    facts.keys.map,
    state?.session.voidShown,
    facts.outbox.unsent,
    facts.project,
  ],
  template: (view) => {
    const { state, facts } = view;
    const { image, model, outbox, project } = facts;
    return html`
      <span class="cell pointer">${pointerWords(state)}</span>
      <span class="cell zoom">${state ? `${zoomWords(state.session.view.scale)} %` : ""}</span>
      <span class="cell">${image ? `${image.width} × ${image.height}` : ""}</span>
      ${coverageMeter(view)}
      <span class="hint">${hintWords(state, image)}</span>
      <span class="cell">${model ? modelWords(model) : (project?.segmenter ?? "")}</span>
      <span class="cell">${outbox.unsent > 0 ? t("{unsent} unsent", { unsent: outbox.unsent }) : ""}</span>
    `;
  },
};

/** @param {NonNullable<import("./view.js").Facts["model"]>} model */
export function modelWords({ name, ms, place }) {
  const where = place === "browser" ? t("in the browser") : t("server");
  return `${name} · ${where}, ${Math.round(ms)} ms`;
}

/**
 * How much lies under confirmed objects; a press shows what does not.
 * @param {View} view
 */
function coverageMeter({ state, facts, deeds }) {
  const { coverage } = facts;
  if (coverage === null) return html`<span class="cell"></span>`;
  const key = keyOf("showVoid", facts.keys.map);
  return html`<button class="cell coverage" type="button" aria-pressed=${state?.session.voidShown ?? false}
    title=${t("Show what is not covered  {key}", { key: keyWords(key) })} @click=${() => deeds.run("showVoid")}>
    <meter min="0" max="1" .value=${coverage} aria-hidden="true"></meter>
    <span>${t("{share} % covered", { share: coverageWords(coverage) })}</span></button>`;
}

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
