/** Where one is, how far, whether it is saved, and the one primary button. */

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { icon } from "./icon.js";
import { savedWords } from "./savedWords.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Facts} Facts */

const MARK = new URL("../../styles/favicon.svg", import.meta.url).pathname;

/** @type {Readonly<Record<string, string>>} */
export const STATUS_WORDS = {
  new: "new",
  prelabelled: "pre-labelled",
  in_progress: "in progress",
  submitted: "submitted",
  accepted: "accepted",
  sent_back: "sent back",
};

/** @type {Readonly<Record<string, {icon: string, next: string}>>} */
const THEMES = {
  system: { icon: "system", next: "light" },
  light: { icon: "sun", next: "dark" },
  dark: { icon: "moon", next: "system" },
};

/** @type {import("./view.js").Panel} */
export const topBar = {
  inputs: ({ facts, state }) => [
    facts.project,
    facts.image,
    facts.neighbours,
    facts.ordering,
    facts.outbox,
    facts.now,
    facts.readOnly,
    facts.theme,
    state?.canUndo,
    state?.canRedo,
    state?.undoWords,
    state?.redoWords,
  ],
  template: (view) => html`
    ${where(view.facts)}
    ${walk(view)}
    <div class="deeds">
      ${savedState(view)}
      ${undoButtons(view)}
      ${themeButton(view)}
      <button class="button quiet icon-only" type="button" title="Keys  ?" aria-label="Keys"
        @click=${() => view.deeds.run("keys")}>${icon("keyboard")}</button>
      ${submitButton(view)}
    </div>
  `,
};

/** @param {Facts} facts */
function where({ project, image }) {
  return html`<div class="where">
    <a href="/" title="All projects"><img class="brand-mark" src=${MARK} alt="Maskwright"></a>
    ${
      project
        ? html`<a class="project clip"
      href="/projects/${project.id}/images/">${project.name}</a>`
        : nothing
    }
    <span class="muted" aria-hidden="true">/</span>
    <span class="image-name clip" title=${image?.name ?? ""}>${image?.name ?? ""}</span>
    ${
      image
        ? html`<span class="state ${image.status} wide-only">${STATUS_WORDS[image.status] ?? image.status}</span>`
        : nothing
    }
  </div>`;
}

/** @param {View} view */
function walk({ facts, deeds }) {
  const { neighbours, ordering } = facts;
  const position = neighbours
    ? `${neighbours.position.toLocaleString("en")} of ${neighbours.count.toLocaleString("en")}`
    : "";
  return html`<div class="walk">
    <button class="button quiet icon-only" type="button" title="Previous image  D"
      aria-label="Previous image"
      ?disabled=${!neighbours?.previous} @click=${() => deeds.run("previousImage")}>${icon("left")}</button>
    <span class="position">${position}</span>
    <button class="button quiet icon-only" type="button" title="Next image  F"
      aria-label="Next image"
      ?disabled=${!neighbours?.next} @click=${() => deeds.run("nextImage")}>${icon("right")}</button>
    <select aria-label="Order of the images" .value=${live(ordering)}
      @change=${(/** @type {Event} */ event) => deeds.order(readOrdering(event))}>
      <option value="number">In order</option>
      <option value="-priority">Most uncertain first</option>
    </select>
  </div>`;
}

/** @param {Event} event @returns {import("./view.js").Ordering} */
function readOrdering(event) {
  return /** @type {HTMLSelectElement} */ (event.target).value === "-priority"
    ? "-priority"
    : "number";
}

/** @param {View} view */
function savedState({ facts, deeds }) {
  const { words, kind, symbol, title } = savedWords(facts.outbox, facts.now);
  const open = () =>
    deeds.show({ dialog: facts.outbox.conflicts.length > 0 ? "conflict" : "unsent" });
  return html`<button class="saved ${kind}" type="button" title=${title} aria-live="polite"
    @click=${open}>
    ${icon(symbol, "small")}<span>${words}</span>
  </button>`;
}

/** @param {View} view */
function undoButtons({ state, facts, deeds }) {
  const off = facts.readOnly !== "";
  return html`
    <button class="button quiet icon-only" type="button" aria-label="Undo"
      title=${`Undo ${(state?.undoWords ?? "").toLowerCase()}  Ctrl+Z`}
      ?disabled=${off || !state?.canUndo} @click=${() => deeds.run("undo")}>${icon("undo")}</button>
    <button class="button quiet icon-only" type="button" aria-label="Redo"
      title=${`Redo ${(state?.redoWords ?? "").toLowerCase()}  Ctrl+Shift+Z`}
      ?disabled=${off || !state?.canRedo} @click=${() => deeds.run("redo")}>${icon("redo")}</button>
  `;
}

/** @param {View} view */
function themeButton({ facts, deeds }) {
  const theme = THEMES[facts.theme] ?? { icon: "system", next: "light" };
  return html`<button class="button quiet icon-only wide-only" type="button"
    title="Theme: ${facts.theme}" aria-label="Theme: ${facts.theme}"
    @click=${() => deeds.show({ theme: theme.next })}>${icon(theme.icon)}</button>`;
}

/** @param {View} view */
function submitButton({ facts, deeds }) {
  const isDone = facts.image?.status === "submitted" || facts.image?.status === "accepted";
  if (isDone && facts.project?.can.includes("reopen"))
    return html`<button class="button" type="button"
      @click=${() => deeds.run("reopen")}>Reopen</button>`;
  return html`<button class="button primary" type="button" title="Submit and next  Ctrl+Enter"
    ?disabled=${facts.readOnly !== "" || !facts.image} @click=${() => deeds.run("submit")}>Submit</button>`;
}
