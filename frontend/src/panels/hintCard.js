/** One hint at a time, until the person has done it. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { FIRST_STEPS, nextStep } from "./firstSteps.js";
import { icon } from "./icon.js";
import { pressOf } from "./withPress.js";

/** @typedef {import("./view.js").View} View */

/** @type {import("./view.js").Panel} */
export const hintCard = {
  inputs: ({ facts }) => [facts.hints, facts.readOnly, facts.loading, facts.keys.map],
  template: ({ facts, deeds }) => {
    const next = facts.readOnly || facts.loading ? null : nextStep(facts.hints);
    if (!next) return nothing;
    const press = (/** @type {string} */ command) => pressOf(command, facts.keys.map);
    const { step, place } = next;
    return html`<section class="hint-card" aria-label=${t("First steps")} aria-live="polite">
      <header><span class="muted small">${t("First steps, {place} of {count}", { place, count: FIRST_STEPS.length })}</span>
        <button class="row-button" type="button" title=${t("No hints; the overlay of keys (?) brings them back")}
          aria-label=${t("Close the hints")} @click=${() => deeds.hints.close()}>${icon("cross", "small")}</button></header>
      <p><b>${step.words}.</b> ${step.how(press)}</p>
      ${
        step.tool
          ? html`<button class="button small" type="button"
            @click=${() => deeds.look({ tool: step.tool })}>${step.deed}</button>`
          : nothing
      }
    </section>`;
  },
};
