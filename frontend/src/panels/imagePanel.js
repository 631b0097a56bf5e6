/** What is known of the image as a whole: its tags, and its place in the work. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { icon } from "./icon.js";
import { STATUS_WORDS } from "./topBar.js";
import { counted, coverageWords } from "./wording.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("../api/wire.js").WireTag} WireTag
 */

/** @type {import("./view.js").Panel} */
export const imagePanel = {
  inputs: ({ facts }) => [
    facts.sideTab === "image",
    facts.image,
    facts.project,
    facts.tagProblem,
    facts.coverage,
  ],
  template: (view) => {
    if (view.facts.sideTab !== "image" || !view.facts.image) return nothing;
    return html`<div class="image-facts" tabindex="-1">${tags(view)}${facts(view)}</div>`;
  },
};

/** @param {View} view */
function tags(view) {
  const { facts, deeds } = view;
  const carried = new Set(facts.image?.tags);
  const shown = (facts.project?.tags ?? []).filter((tag) => !tag.archived || carried.has(tag.id));
  const may = facts.project?.can.includes("annotate") ?? false;
  const manages = facts.project?.can.includes("manage_labels") ?? false;
  return html`<h3>${t("Tags")}</h3>
    ${
      shown.length > 0
        ? html`<div class="tag-chips" role="group" aria-label=${t("Tags")}>${shown.map(
            (
              tag,
            ) => html`<button class="chip" type="button" aria-pressed=${carried.has(tag.id)} ?disabled=${!may}
              @click=${() => deeds.tag(tag.id, !carried.has(tag.id))}>${carried.has(tag.id) ? icon("check", "small") : nothing}${tag.name}</button>`,
          )}</div>`
        : html`<p class="muted small">${manages ? t("A tag is a word for the whole image, like “night” or “blurry”. Add the first one.") : t("The project has no tags; a lead adds them.")}</p>`
    }
    ${manages ? newTag(view) : nothing}
    ${facts.tagProblem ? html`<p class="bad-text small" role="alert">${facts.tagProblem}</p>` : nothing}`;
}

/** @param {View} view */
function newTag({ deeds }) {
  const add = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const name = String(new FormData(form).get("name") ?? "").trim();
    if (name) deeds.addTag(name);
    form.reset();
  };
  return html`<form class="row tight-row" @submit=${add}>
    <input name="name" maxlength="100" autocomplete="off" placeholder=${t("New tag")} aria-label=${t("New tag")}>
    <button class="button small" type="submit">${t("Add")}</button></form>`;
}

/** @param {View} view */
function facts({ facts }) {
  const { image, coverage } = facts;
  if (!image) return nothing;
  /** @type {[string, unknown][]} */
  const rows = [
    [t("State"), STATUS_WORDS[image.status] ?? image.status],
    [t("Number"), image.number],
    [t("Size"), `${image.width} × ${image.height}`],
    [t("Split"), image.split || t("none")],
    [t("Assigned to"), image.assignee ?? t("nobody")],
    [t("Why now"), image.priority_reason],
    [t("Covered"), coverage === null ? "" : `${coverageWords(coverage)} %`],
    [
      t("On opening"),
      `${counted(image.counts.confirmed, "object")}, ${counted(image.counts.suggested, "suggestion")}`,
    ],
  ];
  return html`<h3>${t("Image")}</h3><dl>${rows
    .filter(([, value]) => value !== "")
    .map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
