/** Where one is, how far, whether it is saved, and the one primary button. */

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { midSentence, number, t } from "../texts.js";
import { icon } from "./icon.js";
import { savedWords } from "./savedWords.js";
import { withPress } from "./withPress.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Facts} Facts */

const MARK = new URL("../../styles/favicon.svg", import.meta.url).pathname;

/** @type {Readonly<Record<string, string>>} */
export const STATUS_WORDS = {
  new: t("new"),
  prelabelled: t("pre-labelled"),
  in_progress: t("in progress"),
  submitted: t("submitted"),
  accepted: t("accepted"),
  sent_back: t("sent back"),
};

const THEMES = {
  system: { icon: "system", next: "light", title: t("Theme: system") },
  light: { icon: "sun", next: "dark", title: t("Theme: light") },
  dark: { icon: "moon", next: "system", title: t("Theme: dark") },
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
    facts.keys.map,
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
      <button class="button quiet icon-only" type="button" title=${withPress(t("Keys"), "keys", view)} aria-label=${t("Keys")}
        @click=${() => view.deeds.run("keys")}>${icon("keyboard")}</button>
      ${submitButton(view)}
    </div>
  `,
};

/** @param {Facts} facts */
function where({ project, image }) {
  return html`<div class="where">
    <a href="/" title=${t("All projects")}><img class="brand-mark" src=${MARK} alt="Maskwright"></a>
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
function walk(view) {
  const { facts, deeds } = view;
  const { neighbours, ordering } = facts;
  const position = neighbours
    ? t("{position} of {count}", {
        position: number(neighbours.position),
        count: number(neighbours.count),
      })
    : "";
  return html`<div class="walk">
    <button class="button quiet icon-only" type="button" title=${withPress(t("Previous image"), "previousImage", view)}
      aria-label=${t("Previous image")}
      ?disabled=${!neighbours?.previous} @click=${() => deeds.run("previousImage")}>${icon("left")}</button>
    <span class="position">${position}</span>
    <button class="button quiet icon-only" type="button" title=${withPress(t("Next image"), "nextImage", view)}
      aria-label=${t("Next image")}
      ?disabled=${!neighbours?.next} @click=${() => deeds.run("nextImage")}>${icon("right")}</button>
    <select aria-label=${t("Order of the images")} .value=${live(ordering)}
      @change=${(/** @type {Event} */ event) => deeds.order(readOrdering(event))}>
      <option value="number">${t("In order")}</option>
      <option value="-priority">${t("Most uncertain first")}</option>
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
function undoButtons(view) {
  const { state, facts, deeds } = view;
  const [undone, redone] = [state?.undoWords, state?.redoWords].map((what) =>
    midSentence(what ?? ""),
  );
  const off = facts.readOnly !== "";
  return html`
    <button class="button quiet icon-only" type="button" aria-label=${t("Undo")}
      title=${withPress(t("Undo {what}", { what: undone ?? "" }), "undo", view)}
      ?disabled=${off || !state?.canUndo} @click=${() => deeds.run("undo")}>${icon("undo")}</button>
    <button class="button quiet icon-only" type="button" aria-label=${t("Redo")}
      title=${withPress(t("Redo {what}", { what: redone ?? "" }), "redo", view)}
      ?disabled=${off || !state?.canRedo} @click=${() => deeds.run("redo")}>${icon("redo")}</button>
  `;
}

/** @param {View} view */
function themeButton({ facts, deeds }) {
  const theme = THEMES[/** @type {keyof typeof THEMES} */ (facts.theme)] ?? THEMES.system;
  return html`<button class="button quiet icon-only wide-only" type="button"
    title=${theme.title} aria-label=${theme.title}
    @click=${() => deeds.show({ theme: theme.next })}>${icon(theme.icon)}</button>`;
}

/** @param {View} view */
function submitButton(view) {
  const { facts, deeds } = view;
  const isDone = facts.image?.status === "submitted" || facts.image?.status === "accepted";
  if (isDone && facts.project?.can.includes("reopen"))
    return html`<button class="button" type="button"
      @click=${() => deeds.run("reopen")}>${t("Reopen")}</button>`;
  return html`<button class="button primary" type="button" title=${withPress(t("Submit and next"), "submit", view)}
    ?disabled=${facts.readOnly !== "" || !facts.image} @click=${() => deeds.run("submit")}>${t("Submit")}</button>`;
}
