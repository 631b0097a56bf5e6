/** What the label's schema asks of the selected objects. Several of one label are set together. */

import { live } from "../../vendor/lit-html/directives/live.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { askedOf, common } from "./asked.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("../types.js").Attribute} Attribute
 * @typedef {import("../types.js").MaskObject} MaskObject
 */
/** @typedef {string | number | boolean | undefined} Value undefined: nothing is said */

const MAX_TEXT = 2000; // what the server keeps

/** @type {import("./view.js").Panel} */
export const attributes = {
  inputs: ({ state, facts }) => [
    facts.sideTab,
    state?.session.selection,
    state?.document.objects,
    state?.document.labels,
    facts.readOnly,
  ],
  template: (view) => {
    const asked = view.state && view.facts.sideTab === "objects" ? askedOf(view.state) : null;
    if (!asked) return nothing;
    const whose = asked.objects.map(({ id }) => id).join(" ");
    const fields = () => asked.schema.map((attribute) => field(view, attribute, asked.objects));
    return html`<div class="attributes" role="group" aria-label=${t("Attributes")}>
      ${repeat([whose], () => whose, fields)}
    </div>`;
  },
};

/**
 * @param {View} view
 * @param {Attribute} attribute
 * @param {readonly Readonly<MaskObject>[]} objects
 */
function field(view, attribute, objects) {
  const { name, kind } = attribute;
  const { value, isMixed } = common(objects, name);
  const ids = objects.map(({ id }) => id);
  const isOff = view.facts.readOnly !== "";
  const say = (/** @type {Value} */ said) => view.deeds.setAttribute(ids, name, said);
  const title = isMixed ? t("The selected objects differ") : name;
  if (kind === "checkbox")
    return html`<label class="attribute check" title=${title}><span class="clip">${name}</span>
      <input type="checkbox" ?disabled=${isOff} .checked=${live(value === true)} .indeterminate=${live(isMixed)}
        @change=${(/** @type {Event} */ event) => say(/** @type {HTMLInputElement} */ (event.target).checked)}></label>`;
  if (kind === "choice")
    return html`<label class="attribute" title=${title}><span class="clip">${name}</span>
      <select ?disabled=${isOff} .value=${live(typeof value === "string" ? value : "")}
        @change=${(/** @type {Event} */ event) => say(/** @type {HTMLSelectElement} */ (event.target).value || undefined)}>
        <option value="">${isMixed ? t("differ") : "—"}</option>
        ${(attribute.choices ?? []).map((choice) => html`<option value=${choice} ?selected=${value === choice}>${choice}</option>`)}
      </select></label>`;
  const shown = value === undefined || value === null ? "" : String(value);
  const read = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.validity.badInput)
      input.reportValidity(); // the former value stays until it is one
    else say(readText(input, kind));
  };
  return html`<label class="attribute" title=${title}><span class="clip">${name}</span>
    <input type=${kind === "number" ? "number" : "text"} step="any" maxlength=${MAX_TEXT} autocomplete="off"
      placeholder=${isMixed ? t("differ") : ""} ?disabled=${isOff} .value=${shown} @change=${read}
      @keydown=${leaveOnEnter}></label>`;
}

/**
 * @param {HTMLInputElement} input
 * @param {Attribute["kind"]} kind
 * @returns {Value}
 */
function readText({ value, valueAsNumber }, kind) {
  if (kind === "number") return Number.isFinite(valueAsNumber) ? valueAsNumber : undefined;
  return value.trim() === "" ? undefined : value.trim();
}

/** @param {KeyboardEvent} event */
function leaveOnEnter(event) {
  if (event.key === "Enter" && !event.isComposing)
    /** @type {HTMLInputElement} */ (event.target).blur();
}
