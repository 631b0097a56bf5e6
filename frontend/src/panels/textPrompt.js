/** The smart tool's field: words go to a model that reads, and its objects become suggestions. */

import { html } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { icon } from "./icon.js";

/** As the server takes it. */
const MAX_TEXT = 500;

/** @param {import("./view.js").View} view */
export function textPrompt({ facts, deeds }) {
  const isBusy = facts.finding !== "";
  const find = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const field = /** @type {HTMLFormElement} */ (event.currentTarget).elements.namedItem("words");
    if (field instanceof HTMLInputElement) deeds.find(field.value);
  };
  return html`<form class="row nowrap find-words" @submit=${find}>
    <input name="words" type="search" maxlength=${MAX_TEXT} placeholder=${t("Find by words")}
      aria-label=${t("Find by words")} title=${t("Every object that fits becomes a suggestion with the label in hand")}
      ?disabled=${isBusy}>
    <button class="button small" type="submit" ?disabled=${isBusy}>
      ${isBusy ? icon("spinner", "small spin") : ""}${t("Find")}</button>
  </form>`;
}
