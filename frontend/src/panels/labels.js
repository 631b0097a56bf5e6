/**
 * The project's labels: digit, colour, thing or stuff, how often; a click labels, a lead adds and
 * renames.
 */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { PALETTE, UNLABELLED } from "../model/colors.js";
import { focusFresh } from "./focus.js";
import { icon } from "./icon.js";
import { activeLabels, digitsOf } from "./labelDigits.js";
import { swatch } from "./swatch.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Label} Label */

/** @type {import("./view.js").Panel} */
export const labels = {
  inputs: ({ state, facts }) => [
    state?.document.labels,
    state?.document.objects,
    state?.session.label,
    state?.session.selection,
    facts.project,
    facts.readOnly,
    facts.labelForm,
    facts.labelSearch,
  ],
  template: (view) => html`
    <header class="panel-head">
      <h2>Labels</h2>
      ${
        mayManage(view)
          ? html`<button class="button quiet small icon-only push" type="button" title="Add a label"
            aria-label="Add a label"
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
  const shown = matching(activeLabels(state?.document.labels ?? []), facts.labelSearch ?? "");
  const counts = countByLabel(state?.document.objects.values() ?? []);
  if (shown.length === 0) return noLabels(view);
  return repeat(
    shown,
    (label) => label.id,
    (label) =>
      facts.labelForm?.id === label.id
        ? labelForm(view, label)
        : labelLine(view, label, counts.get(label.id) ?? 0),
  );
}

/** @param {View} view */
function noLabels(view) {
  const { state, facts, deeds } = view;
  if (!state || facts.labelForm) return nothing;
  if (facts.labelSearch) return html`<p class="panel-empty">No label of that name.</p>`;
  if (!mayManage(view))
    return html`<p class="panel-empty">No labels yet. A lead of the project adds them.</p>`;
  return html`<div class="panel-empty">
    <p>No labels yet. A label says what an object is.</p>
    <button class="button small primary" type="button"
      @click=${() => deeds.show({ labelForm: { id: null, problem: "" } })}>Add a label</button>
  </div>`;
}

/**
 * @param {readonly Label[]} all
 * @param {string} search
 */
function matching(all, search) {
  const wanted = search.trim().toLowerCase();
  return all.filter((label) => label.name.toLowerCase().includes(wanted));
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
 */
function labelLine(view, label, count) {
  const { state, deeds } = view;
  const digit = digitsOf(activeLabels(state?.document.labels ?? [])).get(label.id);
  const edit = () => deeds.show({ labelForm: { id: label.id, problem: "" } });
  return html`<div class="label-line">
    <button class="label-row" type="button" aria-pressed=${state?.session.label === label.id}
      title=${label.is_thing ? `${label.name} (thing: counted one by one)` : `${label.name} (stuff: an area)`}
      @click=${() => deeds.chooseLabel(label.id)} @dblclick=${mayManage(view) ? edit : nothing}>
      ${digit ? html`<kbd>${digit}</kbd>` : html`<span class="no-key"></span>`}
      ${swatch(label.color, { stuff: !label.is_thing })}
      <span class="clip">${label.name}</span>
      <span class="count">${count || ""}</span>
    </button>
    ${
      mayManage(view)
        ? html`<button class="row-button edit" type="button" title="Rename"
      aria-label="Rename ${label.name}"
      @click=${edit}>${icon("pencil", "small")}</button>`
        : nothing
    }
  </div>`;
}

/** @param {View} view */
function searchField({ state, facts, deeds }) {
  const found = matching(activeLabels(state?.document.labels ?? []), facts.labelSearch ?? "");
  const close = () => deeds.show({ labelSearch: null });
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") close();
    if (event.key !== "Enter" || !found[0]) return;
    deeds.chooseLabel(found[0].id);
    close();
  };
  return html`<div class="label-search"><input data-fresh type="search" placeholder="Find a label"
    aria-label="Find a label"
    .value=${facts.labelSearch ?? ""} @keydown=${onKey} @blur=${close}
    @input=${(/** @type {Event} */ event) => deeds.show({ labelSearch: /** @type {HTMLInputElement} */ (event.target).value })}></div>`;
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
    <input type="color" name="color" aria-label="Colour" value=${color}>
    <input data-fresh name="name" aria-label="Name" placeholder="Name" required maxlength="100"
      autocomplete="off" value=${label?.name ?? ""}>
    <div class="wide row">
      <label class="check"><input type="radio" name="kind" value="thing"
        ?checked=${label?.is_thing ?? true}>Thing</label>
      <label class="check"><input type="radio" name="kind" value="stuff"
        ?checked=${label ? !label.is_thing : false}>Stuff</label>
    </div>
    ${
      facts.labelForm?.problem
        ? html`<p class="wide bad-text small"
      role="alert">${facts.labelForm.problem}</p>`
        : nothing
    }
    <div class="wide row">
      <button class="button small primary" type="submit">${label ? "Save" : "Add"}</button>
      <button class="button small quiet" type="button" @click=${close}>Cancel</button>
    </div>
  </form>`;
}
