/**
 * What lies over the canvas while there is no picture: loading, or what went wrong and what to do.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { icon } from "./icon.js";

/** @type {import("./view.js").Panel} */
export const stageVeil = {
  inputs: ({ facts }) => [facts.loading, facts.trouble],
  template: ({ facts, deeds }) => {
    const { trouble } = facts;
    if (trouble)
      return html`<div class="stage-veil" role="alert"><div class="empty">${icon("warning")}
        <h2>${trouble.words}</h2><p>${trouble.why}</p>
        ${
          trouble.action
            ? html`<button class="button primary" type="button"
          @click=${() => deeds.run(trouble.action?.command ?? "")}>${trouble.action.words}</button>`
            : nothing
        }
        <a class="button"
          href="/projects/${facts.project?.id ?? ""}">${t("Back to the project")}</a></div></div>`;
    return facts.loading
      ? html`<div class="stage-veil late" aria-label=${t("Loading")}>${icon("spinner", "spin")}</div>`
      : nothing;
  },
};
