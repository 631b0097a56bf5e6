/**
 * What was done to the image, or to one object, in sentences. A line that is chosen shows the
 * earlier mask on the picture and offers the way back to it.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { LANGUAGE, number, t } from "../texts.js";
import { icon } from "./icon.js";
import { objectName, sentence, since } from "./sentences.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("../api/histories.js").WireMoment} WireMoment
 */

const COARSE_MS = 30_000; // "2 min ago" is not worth a drawing each second

/** @type {import("./view.js").Panel} */
export const history = {
  inputs: ({ facts, state }) => [
    facts.sideTab === "history",
    facts.past,
    facts.readOnly,
    state?.document.labels,
    state?.session.selection,
    Math.floor(facts.now / COARSE_MS),
  ],
  template: (view) => {
    if (view.facts.sideTab !== "history") return nothing;
    const { past } = view.facts;
    return html`
      ${scope(view)}
      ${past.problem ? trouble(view, past.problem) : nothing}
      <div class="past-list" role="list" tabindex="-1">
        ${past.entries.map((moment) => line(view, moment))}
        ${past.loading ? html`<p class="panel-empty">${t("Loading…")}</p>` : nothing}
        ${past.next ? moreButton(view) : nothing}
        ${past.entries.length === 0 && !past.loading && !past.problem ? noHistory(view) : nothing}
      </div>`;
  },
};

/** @param {View} view */
function scope({ state, facts, deeds }) {
  const selected = state?.session.selection.at(-1) ?? null;
  const { of } = facts.past;
  return html`<div class="filters" role="group" aria-label=${t("Whose history")}>
    <button class="chip" type="button" aria-pressed=${of === null}
      @click=${() => deeds.past.follow(null)}>${t("The image")}</button>
    <button class="chip" type="button" aria-pressed=${of !== null} ?disabled=${selected === null && of === null}
      title=${t("The history of the selected object")}
      @click=${() => deeds.past.follow(selected ?? of)}>${t("Selected object")}</button>
  </div>`;
}

/** @param {View} view */
function noHistory({ facts }) {
  const words =
    facts.past.of === null
      ? t("Nothing has been drawn on this image yet. Everything that is, is kept here.")
      : t("This object has not reached the server yet.");
  return html`<p class="panel-empty">${words}</p>`;
}

/**
 * @param {View} view
 * @param {string} problem
 */
function trouble({ deeds }, problem) {
  return html`<div class="panel-empty" role="alert"><p>${problem}</p>
    <button class="button small" type="button" @click=${() => deeds.past.reload()}>${t("Try again")}</button></div>`;
}

/** @param {View} view */
function moreButton({ facts, deeds }) {
  return html`<button class="button small past-more" type="button" ?disabled=${facts.past.loading}
    @click=${() => deeds.past.more()}>${t("Earlier")}</button>`;
}

/**
 * @param {View} view
 * @param {WireMoment} moment
 */
function line(view, moment) {
  const { state, facts, deeds } = view;
  const isShown = facts.past.shown === moment.id;
  const words = sentence(moment, state?.document.labels ?? []);
  const exact = new Date(moment.created_at).toLocaleString(LANGUAGE);
  return html`<div class="past-line" role="listitem">
    <button class="past-words" type="button" aria-expanded=${isShown}
      title=${t("{exact}: show it as it was after this", { exact })}
      @click=${() => deeds.past.show(isShown ? null : moment)}>
      <span>${words}</span><time class="muted" datetime=${moment.created_at}>${since(moment.created_at, facts.now)}</time>
    </button>
    ${isShown ? wayBack(view, moment) : nothing}
  </div>`;
}

/**
 * @param {View} view
 * @param {WireMoment} moment
 */
function wayBack({ state, facts, deeds }, moment) {
  const name = objectName(moment, state?.document.labels ?? []);
  const isGone = moment.state === "deleted";
  return html`<div class="past-deeds">
    <p class="muted small">${isGone ? t("Deleted here.") : t("{area} px, shown on the picture.", { area: number(moment.area) })}</p>
    ${
      facts.readOnly
        ? nothing
        : html`<div class="row tight-row">
          <button class="button small" type="button" ?disabled=${isGone}
            title=${t("{name} as it was after this step", { name })}
            @click=${() => deeds.past.restoreObject(moment)}>${icon("undo", "small")}${t("Restore object")}</button>
          <button class="button small" type="button" title=${t("Every object as it was after this step")}
            @click=${() => deeds.past.restoreImage(moment)}>${t("Restore image")}</button>
        </div>`
    }
    <div class="row tight-row">
      <button class="button small" type="button" title=${t("What changed in {name} since", { name })}
        @click=${() => deeds.diff.withMoment(moment, moment.annotation)}>${t("Compare object")}</button>
      <button class="button small" type="button" title=${t("What changed on the image since")}
        @click=${() => deeds.diff.withMoment(moment, null)}>${t("Compare image")}</button>
    </div>
  </div>`;
}
