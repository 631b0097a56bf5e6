/**
 * Accept everything above a score and reject the rest: counts and the canvas show what would go
 * before it goes.
 */

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { judgement } from "./judgement.js";
import { scoreWords } from "./wording.js";

/** @typedef {import("./view.js").View} View */

/** @param {View} view */
export function reviewBar({ state, facts, deeds }) {
  if (!state || facts.threshold === null) return nothing;
  const threshold = facts.threshold;
  const { accepted, rejected, unlabelled, unscored } = judgement(
    state.document,
    threshold,
    state.session,
  );
  const label = state.document.labels.find((one) => one.id === state.session.label);
  const slide = (/** @type {Event} */ event) =>
    deeds.show({ threshold: Number(/** @type {HTMLInputElement} */ (event.target).value) / 100 });
  const left = unlabelled.length + unscored.length;
  return html`<div class="options" role="toolbar" aria-label=${t("Review suggestions")}>
    <span class="tool-name">${t("Review suggestions")}</span>
    <label>${t("Score at least")}
      <input type="range" min="0" max="100" step="1" data-fresh
        .value=${live(String(Math.round(threshold * 100)))} @input=${slide}>
      <output>${scoreWords(threshold)}</output></label>
    <span class="num"><b class="good-text">${accepted.length}</b> ${t("accept")}</span>
    <span class="num"><b class="bad-text">${rejected.length}</b> ${t("reject")}</span>
    ${
      left > 0
        ? html`<span class="num muted"
      title=${t("Without a score, or without a label while none is chosen")}>${t("{left} stay", { left })}</span>`
        : nothing
    }
    <span class="muted">${label ? t("those without a label become “{name}”", { name: label.name }) : t("choose a label for those without one")}</span>
    <button class="button small primary" type="button"
      ?disabled=${accepted.length + rejected.length === 0}
      @click=${() => deeds.judge(threshold)}>${t("Apply")}</button>
    <button class="button small quiet" type="button"
      @click=${() => deeds.show({ threshold: null })}>${t("Cancel")}</button>
  </div>`;
}
