/** What differs between the masks now and then: what is compared, the three looks, the numbers. */

import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { DIFF_LOOKS } from "../model/colors.js";
import { number, t } from "../texts.js";
import { icon } from "./icon.js";
import { sentence, since } from "./sentences.js";
import { counted } from "./wording.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").DiffFacts} DiffFacts */
/** @typedef {import("../model/maskDiff.js").DiffCounts} DiffCounts */

const COARSE_MS = 30_000;

/** @type {import("./view.js").Panel} */
export const diffCard = {
  inputs: ({ facts, state }) => [
    facts.diff,
    state?.document.labels,
    facts.diff?.of ? state?.document.objects.get(facts.diff.of)?.label : null,
    facts.diff?.moment ? Math.floor(facts.now / COARSE_MS) : 0,
    facts.trouble,
  ],
  template: (view) => {
    const { diff } = view.facts;
    return diff && !view.facts.trouble ? card(view, diff) : nothing;
  },
};

/**
 * @param {View} view
 * @param {DiffFacts} diff
 */
function card(view, diff) {
  const { deeds } = view;
  return html`<section class="look diff" aria-label=${t("Diff")}>
    <header class="look-head"><b>${t("Diff")}</b><span class="muted clip">${scopeWords(view, diff)}</span>
      <button class="button small quiet icon-only" type="button" aria-label=${t("Close Diff")}
        @click=${() => deeds.run("diff")}>${icon("cross", "small")}</button></header>
    <p role="status">${statusWords(view, diff)}</p>
    ${diff.counts ? figures(diff.counts, diff.of === null) : nothing}
    <div class="row tight-row" role="group" aria-label=${t("Compare with")}>
      <button class="button small" type="button" aria-pressed=${diff.moment === null}
        title=${t("As the model suggested it")} @click=${() => deeds.diff.withPrelabel()}>${t("Pre-label")}</button>
      <button class="button small" type="button" aria-pressed=${diff.moment !== null}
        title=${t("Open the history; each of its lines can be compared with")}
        @click=${() => openHistory(view, diff)}>${t("Earlier state…")}</button>
    </div>
  </section>`;
}

/**
 * @param {View} view
 * @param {DiffFacts} diff
 */
function openHistory({ deeds }, { of }) {
  deeds.show({ sideOpen: true, sideTab: "history" });
  deeds.past.follow(of);
}

/**
 * @param {View} view
 * @param {DiffFacts} diff
 */
function scopeWords({ state }, { of }) {
  if (of === null) return t("The whole image");
  const label = state?.document.objects.get(of)?.label ?? null;
  const name = state?.document.labels.find(({ id }) => id === label)?.name;
  return name ? t("Selected {name}", { name }) : t("Selected object");
}

/**
 * @param {View} view
 * @param {DiffFacts} diff
 */
function statusWords({ state, facts }, { loading, words, counts, moment, model }) {
  if (loading) return t("Loading…");
  if (words) return words;
  const then = moment
    ? t("the state after “{sentence}”, {since}", {
        sentence: sentence(moment, state?.document.labels ?? []),
        since: since(moment.created_at, facts.now),
      })
    : model
      ? t("the pre-label by {model}", { model: model.split("@")[0] ?? "" })
      : t("the pre-label");
  const isEqual = counts !== null && counts.added + counts.removed === 0;
  return isEqual
    ? t("No pixel differs from {then}.", { then })
    : t("Now, compared with {then}.", { then });
}

/**
 * @param {DiffCounts} counts
 * @param {boolean} isWhole
 */
function figures(counts, isWhole) {
  return html`<table class="diff-figures"><tbody>
      ${row("added", t("Added"), counts.added)}
      ${row("removed", t("Removed"), counts.removed)}
      ${row("same", t("Unchanged"), counts.same)}
      <tr><td></td><th scope="row">${t("IoU")}</th><td>${counts.iou === null ? "–" : number(counts.iou, { minimumFractionDigits: 3, maximumFractionDigits: 3 })}</td></tr>
    </tbody></table>
    ${isWhole ? html`<p class="muted small">${objectWords(counts)}</p>` : nothing}`;
}

/**
 * @param {keyof typeof DIFF_LOOKS} kind
 * @param {string} words
 * @param {number} pixels
 */
function row(kind, words, pixels) {
  return html`<tr><td>${sample(kind)}</td><th scope="row">${words}</th>
    <td>${number(pixels)} px</td></tr>`;
}

/**
 * The look that the canvas has; attributes, since a page's styles are its files'.
 * @param {keyof typeof DIFF_LOOKS} kind
 */
function sample(kind) {
  const { base, stripe, rises } = DIFF_LOOKS[kind];
  const [from, to] = rises ? [15, -1] : [-1, 15];
  const lines = [-4, 5, 14].map((x) => `M${x} ${from}L${x + 16} ${to}`).join("");
  return html`<svg class="diff-sample" width="24" height="14" aria-hidden="true">
    ${svg`<rect width="24" height="14" fill=${base}></rect><path d=${lines} stroke=${stripe}></path>`}
  </svg>`;
}

/** @param {DiffCounts} counts */
function objectWords({ changedObjects, newObjects, goneObjects, sameObjects }) {
  const parts = [
    changedObjects > 0 ? t("{count} changed", { count: changedObjects }) : "",
    newObjects > 0 ? t("{count} new", { count: newObjects }) : "",
    goneObjects > 0 ? t("{count} gone", { count: goneObjects }) : "",
    t("{what} as before", { what: counted(sameObjects, "object") }),
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}
