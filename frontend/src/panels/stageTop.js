/**
 * What floats over the top of the canvas: warnings that must not be missed, and the options of the
 * tool.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { shownPattern } from "../model/patterns.js";
import { isProposal } from "../model/proposals.js";
import { t, tn } from "../texts.js";
import { editableSelection } from "../tools/hits.js";
import { optionValue } from "../tools/options.js";
import { toolByName } from "../tools/registry.js";
import { ALIKE } from "../tools/smart.js";
import { isSmall } from "../tools/smartClicks.js";
import { focusFresh } from "./focus.js";
import { icon } from "./icon.js";
import { reviewBar } from "./reviewBar.js";
import { shapeMenu } from "./shapeMenu.js";
import { swatch } from "./swatch.js";
import { textPrompt } from "./textPrompt.js";
import { toolOptions } from "./toolOptions.js";
import { withPress } from "./withPress.js";
import { counted } from "./wording.js";

/** @typedef {import("./view.js").View} View */

/** @type {import("./view.js").Panel} */
export const stageTop = {
  inputs: ({ state, facts }) => [
    state?.session.tool,
    state?.session.status,
    state?.session.busy,
    state?.session.brushSize,
    state?.session.brushShape,
    state?.session.swapped,
    state?.session.options,
    state?.session.overlap,
    state?.session.label,
    state?.session.selection,
    state?.session.locked,
    state?.session.hidden,
    state?.session.overlay.find(isPreview),
    state?.session.overlay.some(isRaster),
    state?.session.refines,
    state?.document,
    facts.keys.map,
    facts.threshold,
    facts.waiting,
    facts.finding,
    facts.alikeMissing,
    facts.readOnly,
    facts.elsewhere,
    facts.backwards,
    facts.outbox.storageProblem,
    facts.outbox.unsent,
    facts.trouble,
    facts.image?.status,
  ],
  template: (view) =>
    html`${banners(view)}${view.facts.threshold === null ? options(view) : reviewBar(view)}`,
  after: focusFresh,
};

/** @param {View} view */
function banners({ facts, deeds }) {
  const { outbox, elsewhere, readOnly, backwards } = facts;
  return [
    outbox.storageProblem
      ? banner("warning", {
          lead: t("Not safe to continue offline."),
          words: t(
            "{storageProblem} Changes go straight to the server; closing this page would lose those that are unsent.",
            { storageProblem: outbox.storageProblem },
          ),
          button: { words: t("Download my edits"), act: deeds.download },
          isBad: true,
        })
      : nothing,
    elsewhere
      ? banner("lock", {
          lead: t("This image is open in another tab."),
          words: t("Here it can only be looked at, so that the two do not overwrite each other."),
          button: { words: t("Edit here instead"), act: deeds.takeOver },
        })
      : nothing,
    readOnly && !elsewhere ? banner("lock", { lead: "", words: readOnly }) : nothing,
    backwards.length > 0
      ? banner("warning", {
          lead: t("The server shows an older state."),
          words: t(
            "It once acknowledged newer versions of {what} here; it may have been restored from a backup. Ask its keeper before you go on.",
            { what: counted(backwards.length, "object") },
          ),
          button: {
            words: t("Continue with the server's state"),
            act: () => deeds.show({ backwards: [] }),
          },
          isBad: true,
        })
      : nothing,
  ];
}

/**
 * @param {string} symbol
 * @param {{lead: string, words: string, button?: {words: string, act: () => void}, isBad?: boolean}} what
 */
function banner(symbol, { lead, words, button, isBad = false }) {
  return html`<div class="banner ${isBad ? "bad" : ""}" role="alert">
    ${icon(symbol)}<p>${lead ? html`<b>${lead}</b> ` : nothing}${words}</p>
    ${
      button
        ? html`<button class="button small" type="button" @click=${button.act}>${button.words}</button>`
        : nothing
    }
  </div>`;
}

/** @param {View} view */
function options(view) {
  const { state, facts, deeds } = view;
  const tool = state ? toolByName(state.session.tool) : null;
  if (!state || !tool || facts.trouble) return nothing;
  const { session } = state;
  const words =
    facts.waiting || (tool.sized && !session.busy ? sizeless(session.status) : session.status);
  const isOpen = facts.readOnly === "";
  const suggestions = [...state.document.objects.values()].filter(isProposal).length;
  const isPicking = tool.name === "select" && isOpen && session.selection.length > 0;
  const isPreviewed = session.overlay.some(isPreview);
  const quiet = !tool.draws && !(isOpen && suggestions > 0) && !words && !isPicking;
  if (quiet) return nothing;
  const end = ending(view, tool);
  return html`<div class="options" role="toolbar" aria-label=${t("Tool options")}>
    <span class="tool-name">${tool.title}</span>
    ${toolOptions(view, tool)}
    ${tool.name === "smart" && isOpen && !isPreviewed ? [alikeNeeds(view), textPrompt(view)] : nothing}
    ${tool.draws ? goal(view, tool) : nothing}
    ${end}
    ${
      words
        ? html`<span class="sep"></span><span class="num"
      role="status">${session.busy ? icon("spinner", "small spin") : nothing}</span><span>${words}</span>`
        : nothing
    }
    ${isPreviewed ? smartDeeds(view) : offerCloserLook(view, tool)}
    ${isPicking || tool.name === "combine" ? shapeMenu(view) : nothing}
    ${
      suggestions > 0 && isOpen && end === nothing
        ? html`<span class="sep"></span>
      <button class="button small" type="button" title=${withPress(t("Accept above a score, reject the rest"), "judge", view)}
        @click=${() => deeds.run("judge")}>${tn("Review {count} suggestion", "Review {count} suggestions", suggestions)}</button>`
        : nothing
    }
  </div>`;
}

/**
 * What is missing for the mode that is on.
 * @param {View} view
 */
function alikeNeeds({ state, facts }) {
  if (!state || !facts.alikeMissing || !optionValue(state.session, ALIKE)) return nothing;
  return html`<span class="muted" title=${facts.alikeMissing}>${t("needs a model such as SAM 3:")}
    <a href="/models/">${t("Models")}</a></span>`;
}

/**
 * A size has a slider here, so that the tool's own words about it would say it twice.
 * @param {string} status
 */
function sizeless(status) {
  return /^\d+ px$/.test(status) ? "" : status;
}

/**
 * What the next stroke or click makes: brushes go on with the object selected last, every other
 * tool begins a new one.
 * @param {View} view
 * @param {import("../types.js").Tool} tool
 */
function goal(view, tool) {
  const { state } = view;
  if (!state) return nothing;
  const target = targetOf(state, tool);
  const id = target ? target.label : state.session.label;
  const label = state.document.labels.find((one) => one.id === id);
  const words = target
    ? tool.goal === "refined"
      ? t("Refines")
      : t("Selected object")
    : tool.name === "eraser"
      ? t("Object under it")
      : t("New object");
  if (!target && tool.name === "eraser") return html`<span class="muted">${words}</span>`;
  return html`<span class="row nowrap"><span class="muted">${words}</span>
    ${label ? html`${swatch(label.color, { stuff: !label.is_thing, pattern: shownPattern(state.session, label) })}<span class="clip goal">${label.name}</span>` : withoutLabel(view)}
  </span>`;
}

/**
 * @param {import("../types.js").EditorState} state
 * @param {import("../types.js").Tool} tool
 */
function targetOf(state, { goal: makes }) {
  if (makes === "selected") return editableSelection(state);
  if (makes !== "refined") return null;
  return state.document.objects.get(state.session.refines ?? "") ?? null;
}

/** @param {View} view */
function withoutLabel({ state, facts, deeds }) {
  const isEmpty = !state?.document.labels.some((label) => !label.archived);
  if (!isEmpty) return html`<span class="muted">${t("no label: press a digit")}</span>`;
  const add = () => deeds.show({ sideOpen: true, labelForm: { id: null, problem: "" } });
  return html`<span class="muted">${t("no labels yet")}</span>
    ${
      facts.project?.can.includes("manage_labels")
        ? html`<button class="button small" type="button" @click=${add}>${t("Add a label")}</button>`
        : nothing
    }`;
}

/** @param {import("../types.js").OverlayShape} shape */
function isPreview(shape) {
  return shape.kind === "preview" && shape.choices > 0;
}

/** @param {import("../types.js").OverlayShape} shape */
function isRaster(shape) {
  return shape.kind === "raster";
}

/**
 * Before the status, whose length changes: a button is not to move from under the pointer.
 * @param {View} view
 * @param {import("../types.js").Tool} tool
 */
function ending(view, tool) {
  const { state, deeds } = view;
  const shapes = state?.session.overlay ?? [];
  const words = shapes.some(isPreview) ? t("Accept") : shapes.some(isRaster) && tool.accepts;
  if (!words) return nothing;
  return html`
    <button class="button small primary" type="button" title=${withPress(words, "accept", view)}
      @click=${() => deeds.press("Enter")}>${words}</button>
    <button class="button small quiet" type="button" title=${t("Cancel  Esc")}
      @click=${() => deeds.press("Escape")}>${t("Cancel")}</button>
  `;
}

/**
 * For an object that is selected to be refined, before anything is clicked.
 * @param {View} view
 * @param {import("../types.js").Tool} tool
 */
function offerCloserLook(view, tool) {
  const { state } = view;
  if (!state || tool.goal !== "refined") return nothing;
  const target = targetOf(state, tool);
  return target && isSmall(target.rle, state.document.image) ? closerButton(view) : nothing;
}

/** @param {View} view */
function closerButton(view) {
  return html`<button class="button small" type="button"
    title=${withPress(t("Small for the model: encode this part of the image anew"), "lookCloser", view)}
    @click=${() => view.deeds.press("z")}>${t("Look closer")}</button>`;
}

/** @param {View} view */
function smartDeeds(view) {
  const { state, deeds } = view;
  const preview = state?.session.overlay.find((shape) => shape.kind === "preview");
  return html`
    ${
      (preview?.choices ?? 0) > 1
        ? html`<button class="button small" type="button" title=${withPress(t("Other candidate"), "another", view)}
      @click=${() => deeds.press("Tab")}>${t("Other mask")}</button>`
        : nothing
    }
    ${preview?.small ? closerButton(view) : nothing}
  `;
}
