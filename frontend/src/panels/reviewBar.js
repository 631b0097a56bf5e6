/**
 * Accept everything above a score and reject the rest: counts and the canvas show what would go
 * before it goes.
 */

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { judgement } from "./judgement.js";

/** @typedef {import("./view.js").View} View */

/** @param {View} view */
export function reviewBar({ state, facts, deeds }) {
  if (!state || facts.threshold === null) return nothing;
  const threshold = facts.threshold;
  const { accepted, rejected, unlabelled, unscored } = judgement(
    state.document,
    threshold,
    state.session.label,
  );
  const label = state.document.labels.find((one) => one.id === state.session.label);
  const slide = (/** @type {Event} */ event) =>
    deeds.show({ threshold: Number(/** @type {HTMLInputElement} */ (event.target).value) / 100 });
  const left = unlabelled.length + unscored.length;
  return html`<div class="options" role="toolbar" aria-label="Review suggestions">
    <span class="tool-name">Review suggestions</span>
    <label>Score at least
      <input type="range" min="0" max="100" step="1" data-fresh
        .value=${live(String(Math.round(threshold * 100)))} @input=${slide}>
      <output>${threshold.toFixed(2)}</output></label>
    <span class="num"><b class="good-text">${accepted.length}</b> accept</span>
    <span class="num"><b class="bad-text">${rejected.length}</b> reject</span>
    ${
      left > 0
        ? html`<span class="num muted"
      title="Without a score, or without a label while none is chosen">${left} stay</span>`
        : nothing
    }
    <span class="muted">${label ? `those without a label become “${label.name}”` : "choose a label for those without one"}</span>
    <button class="button small primary" type="button"
      ?disabled=${accepted.length + rejected.length === 0}
      @click=${() => deeds.judge(threshold)}>Apply</button>
    <button class="button small quiet" type="button"
      @click=${() => deeds.show({ threshold: null })}>Cancel</button>
  </div>`;
}
