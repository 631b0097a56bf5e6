/**
 * What floats over the top of the canvas: warnings that must not be missed, and the options of the
 * tool.
 */

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { editableSelection } from "../tools/hits.js";
import { toolByName } from "../tools/registry.js";
import { focusFresh } from "./focus.js";
import { icon } from "./icon.js";
import { reviewBar } from "./reviewBar.js";
import { swatch } from "./swatch.js";
import { counted } from "./wording.js";

/** @typedef {import("./view.js").View} View */

const MAX_BRUSH = 300;

/** @type {import("./view.js").Panel} */
export const stageTop = {
  inputs: ({ state, facts }) => [
    state?.session.tool,
    state?.session.status,
    state?.session.busy,
    state?.session.brushSize,
    state?.session.brushShape,
    state?.session.swapped,
    state?.session.label,
    state?.session.selection,
    state?.session.locked,
    state?.session.hidden,
    state?.session.overlay.some(isPreview),
    state?.document,
    facts.threshold,
    facts.waiting,
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
          lead: "Not safe to continue offline.",
          words: `${outbox.storageProblem} Changes go straight to the server; closing this page
            would lose those that are unsent.`,
          button: { words: "Download my edits", act: deeds.download },
          isBad: true,
        })
      : nothing,
    elsewhere
      ? banner("lock", {
          lead: "This image is open in another tab.",
          words: "Here it can only be looked at, so that the two do not overwrite each other.",
          button: { words: "Edit here instead", act: deeds.takeOver },
        })
      : nothing,
    readOnly && !elsewhere ? banner("lock", { lead: "", words: readOnly }) : nothing,
    backwards.length > 0
      ? banner("warning", {
          lead: "The server shows an older state.",
          words: `It once acknowledged newer versions of ${counted(backwards.length, "object")}
            here; it may have been restored from a backup. Ask its keeper before you go on.`,
          button: {
            words: "Continue with the server's state",
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
  const words = facts.waiting || (isSized(tool) ? "" : session.status);
  const isOpen = facts.readOnly === "";
  const suggestions = [...state.document.objects.values()].filter(
    (object) => object.state === "suggested",
  ).length;
  const quiet = !tool.draws && !(isOpen && suggestions > 0) && !words;
  if (quiet) return nothing;
  return html`<div class="options" role="toolbar" aria-label="Tool options">
    <span class="tool-name">${tool.title}</span>
    ${isSized(tool) ? brushOptions(view) : nothing}
    ${tool.draws ? goal(view, tool) : nothing}
    ${
      words
        ? html`<span class="sep"></span><span class="num"
      role="status">${session.busy ? icon("spinner", "small spin") : nothing}</span><span>${words}</span>`
        : nothing
    }
    ${session.overlay.some(isPreview) ? smartDeeds(view) : nothing}
    ${
      suggestions > 0 && isOpen
        ? html`<span class="sep"></span>
      <button class="button small" type="button" title="Accept above a score, reject the rest  T"
        @click=${() => deeds.run("judge")}>Review ${counted(suggestions, "suggestion")}</button>`
        : nothing
    }
  </div>`;
}

/** Tools whose size has a slider here, so that their own words about it would say it twice. */
function isSized(/** @type {import("../types.js").Tool} */ { name }) {
  return name === "brush" || name === "eraser";
}

/** @param {View} view */
function brushOptions({ state, deeds }) {
  const session = state?.session;
  if (!session) return nothing;
  const setSize = (/** @type {Event} */ event) =>
    deeds.look({ brushSize: Number(/** @type {HTMLInputElement} */ (event.target).value) });
  return html`
    <label title="[ smaller, ] larger, Alt+wheel">Size
      <input type="range" min="1" max=${MAX_BRUSH}
        .value=${live(String(Math.min(session.brushSize, MAX_BRUSH)))} @input=${setSize}>
      <output>${Math.round(session.brushSize)} px</output></label>
    <button class="button small" type="button" aria-pressed=${session.brushShape === "square"}
      @click=${() => deeds.look({ brushShape: session.brushShape === "disc" ? "square" : "disc" })}>Square</button>
    <button class="button small" type="button" title="Swap add and erase  X"
      aria-pressed=${session.swapped}
      @click=${() => deeds.run("swap")}>Swap</button>
  `;
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
  const target = isSized(tool) ? editableSelection(state) : null;
  const id = target ? target.label : state.session.label;
  const label = state.document.labels.find((one) => one.id === id);
  const words = target
    ? "Selected object"
    : tool.name === "eraser"
      ? "Object under it"
      : "New object";
  if (!target && tool.name === "eraser") return html`<span class="muted">${words}</span>`;
  return html`<span class="row nowrap"><span class="muted">${words}</span>
    ${label ? html`${swatch(label.color, { stuff: !label.is_thing })}<span class="clip goal">${label.name}</span>` : withoutLabel(view)}
  </span>`;
}

/** @param {View} view */
function withoutLabel({ state, facts, deeds }) {
  const isEmpty = !state?.document.labels.some((label) => !label.archived);
  if (!isEmpty) return html`<span class="muted">no label: press a digit</span>`;
  const add = () => deeds.show({ sideOpen: true, labelForm: { id: null, problem: "" } });
  return html`<span class="muted">no labels yet</span>
    ${
      facts.project?.can.includes("manage_labels")
        ? html`<button class="button small" type="button" @click=${add}>Add a label</button>`
        : nothing
    }`;
}

/** @param {import("../types.js").OverlayShape} shape */
function isPreview(shape) {
  return shape.kind === "preview";
}

/** @param {View} view */
function smartDeeds({ state, deeds }) {
  const preview = state?.session.overlay.find((shape) => shape.kind === "preview");
  return html`
    ${
      (preview?.choices ?? 0) > 1
        ? html`<button class="button small" type="button" title="Other candidate  Tab"
      @click=${() => deeds.press("Tab")}>Other mask</button>`
        : nothing
    }
    <button class="button small primary" type="button" title="Accept  Enter"
      @click=${() => deeds.press("Enter")}>Accept</button>
    <button class="button small quiet" type="button" title="Cancel  Esc"
      @click=${() => deeds.press("Escape")}>Cancel</button>
  `;
}
