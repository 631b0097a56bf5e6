/**
 * The project's labels: digit, colour, thing or stuff, how often; a click labels, a lead adds and
 * renames.
 */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { PALETTE, UNLABELLED } from "../model/colors.js";
import { shownPattern } from "../model/patterns.js";
import { t } from "../texts.js";
import { focusFresh } from "./focus.js";
import { icon } from "./icon.js";
import { activeLabels, digitsOf } from "./labelDigits.js";
import { matchingLabels, movedPick } from "./labelSearch.js";
import { swatch } from "./swatch.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Label} Label */

/** @type {import("./view.js").Panel} */
export const labels = {
  inputs: ({ state, facts }) => [
    state?.document.labels,
    state?.document.objects,
    state?.session.label,
    state?.session.patterns,
    state?.session.selection,
    facts.project,
    facts.readOnly,
    facts.labelForm,
    facts.labelSearch,
    facts.labelPick,
  ],
  template: (view) => html`
    <header class="panel-head">
      <h2>${t("Labels")}</h2>
      ${
        mayManage(view)
          ? html`<button class="button quiet small icon-only push" type="button" title=${t("Add a label")}
            aria-label=${t("Add a label")}
        @click=${() => view.deeds.show({ labelForm: { id: null, problem: "" } })}>${icon("plus", "small")}</button>`
          : nothing
      }
    </header>
    ${view.facts.labelSearch === null ? nothing : searchField(view)}
    ${view.facts.labelForm && view.facts.labelForm.id === null ? labelForm(view, null) : nothing}
    <div class="label-list">${labelRows(view)}</div>
  `,
  after: focusFresh,
};

/** @param {View} view */
function mayManage({ facts }) {
  return facts.project?.can.includes("manage_labels") ?? false;
}

/** @param {View} view */
function labelRows(view) {
  const { state, facts } = view;
  const shown = matchingLabels(activeLabels(state?.document.labels ?? []), facts.labelSearch ?? "");
  const counts = countByLabel(state?.document.objects.values() ?? []);
  const picked =
    facts.labelSearch === null ? null : shown[Math.min(facts.labelPick, shown.length - 1)];
  if (shown.length === 0) return noLabels(view);
  return repeat(
    shown,
    (label) => label.id,
    (label) =>
      facts.labelForm?.id === label.id
        ? labelForm(view, label)
        : labelLine(view, label, counts.get(label.id) ?? 0, label === picked),
  );
}

/** @param {View} view */
function noLabels(view) {
  const { state, facts, deeds } = view;
  if (!state || facts.labelForm) return nothing;
  if (facts.labelSearch) return html`<p class="panel-empty">${t("No label of that name.")}</p>`;
  if (!mayManage(view))
    return html`<p class="panel-empty">${t("No labels yet. A lead of the project adds them.")}</p>`;
  return html`<div class="panel-empty">
    <p>${t("No labels yet. A label says what an object is.")}</p>
    <button class="button small primary" type="button"
      @click=${() => deeds.show({ labelForm: { id: null, problem: "" } })}>${t("Add a label")}</button>
  </div>`;
}

/** @param {Iterable<import("../types.js").MaskObject>} objects */
function countByLabel(objects) {
  /** @type {Map<number | null, number>} */
  const counts = new Map();
  for (const { label, state } of objects) {
    if (state === "confirmed") counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return counts;
}

/**
 * @param {View} view
 * @param {Label} label
 * @param {number} count
 * @param {boolean} isPicked Enter in the search takes this one
 */
function labelLine(view, label, count, isPicked) {
  const { state, facts, deeds } = view;
  const digit = digitsOf(activeLabels(state?.document.labels ?? [])).get(label.id);
  const edit = () => deeds.show({ labelForm: { id: label.id, problem: "" } });
  const choose = () => {
    deeds.chooseLabel(label.id);
    if (facts.labelSearch !== null) deeds.show({ labelSearch: null, labelPick: 0 }); // as by Enter
  };
  return html`<div class="label-line">
    <button class="label-row ${isPicked ? "picked" : ""}" type="button" aria-pressed=${state?.session.label === label.id}
      title=${label.is_thing ? t("{name} (thing: counted one by one)", { name: label.name }) : t("{name} (stuff: an area)", { name: label.name })}
      @click=${choose} @dblclick=${mayManage(view) ? edit : nothing}>
      ${digit ? html`<kbd>${digit}</kbd>` : html`<span class="no-key"></span>`}
      ${swatch(label.color, { stuff: !label.is_thing, pattern: shownPattern(state?.session, label) })}
      <span class="clip">${label.name}</span>
      <span class="count">${count || ""}</span>
    </button>
    ${
      mayManage(view)
        ? html`<button class="row-button edit" type="button" title=${t("Rename")}
      aria-label=${t("Rename {name}", { name: label.name })}
      @click=${edit}>${icon("pencil", "small")}</button>`
        : nothing
    }
  </div>`;
}

/** @param {View} view */
function searchField({ state, facts, deeds }) {
  const found = matchingLabels(activeLabels(state?.document.labels ?? []), facts.labelSearch ?? "");
  const picked = found[Math.min(facts.labelPick, found.length - 1)];
  const close = () => deeds.show({ labelSearch: null, labelPick: 0 });
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    const labelPick = movedPick(event.key, facts.labelPick, found.length);
    if (labelPick !== null) {
      event.preventDefault();
      deeds.show({ labelPick });
    }
    if (event.key !== "Enter" || !picked) return;
    deeds.chooseLabel(picked.id);
    close();
  };
  return html`<div class="label-search"><input data-fresh type="search" placeholder=${t("Find a label")}
    aria-label=${t("Find a label")}
    .value=${facts.labelSearch ?? ""} @keydown=${onKey} @blur=${close}
    @input=${(/** @type {Event} */ event) => deeds.show({ labelSearch: /** @type {HTMLInputElement} */ (event.target).value, labelPick: 0 })}></div>`;
}

/**
 * @param {View} view
 * @param {Label | null} label null: a new one
 */
function labelForm({ state, facts, deeds }, label) {
  const used = new Set(state?.document.labels.map((one) => one.color));
  const color = label?.color ?? PALETTE.find((one) => !used.has(one)) ?? UNLABELLED;
  const close = () => deeds.show({ labelForm: null });
  const save = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    deeds.saveLabel({
      id: label?.id ?? null,
      name: String(data.get("name") ?? "").trim(),
      color: String(data.get("color") ?? color),
      is_thing: data.get("kind") !== "stuff",
      hotkey: label?.hotkey ?? "",
    });
  };
  return html`<form class="label-form" @submit=${save}
    @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close()}>
    <input type="color" name="color" aria-label=${t("Colour")} value=${color}>
    <input data-fresh name="name" aria-label=${t("Name")} placeholder=${t("Name")} required maxlength="100"
      autocomplete="off" value=${label?.name ?? ""}>
    <div class="wide row">
      <label class="check"><input type="radio" name="kind" value="thing"
        ?checked=${label?.is_thing ?? true}>${t("Thing")}</label>
      <label class="check"><input type="radio" name="kind" value="stuff"
        ?checked=${label ? !label.is_thing : false}>${t("Stuff")}</label>
    </div>
    ${
      facts.labelForm?.problem
        ? html`<p class="wide bad-text small"
      role="alert">${facts.labelForm.problem}</p>`
        : nothing
    }
    <div class="wide row">
      <button class="button small primary" type="submit">${label ? t("Save") : t("Add")}</button>
      <button class="button small quiet" type="button" @click=${close}>${t("Cancel")}</button>
    </div>
  </form>`;
}
