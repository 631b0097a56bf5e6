/** What can be done with the selected objects, however many they are. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { isProposal } from "../model/proposals.js";
import { t } from "../texts.js";
import { icon } from "./icon.js";
import { withPress } from "./withPress.js";

/** @typedef {import("./view.js").View} View */

/** @type {import("./view.js").Panel} */
export const objectFoot = {
  inputs: ({ state, facts }) => [
    facts.sideTab,
    state?.session.selection,
    state?.session.hidden,
    state?.session.locked,
    state?.document.objects,
    facts.readOnly,
    facts.keys.map,
  ],
  template: (view) => {
    const { state, facts } = view;
    if (!state || facts.sideTab !== "objects") return nothing;
    return html`<div class="object-foot">${facts.readOnly ? nothing : decisions(view)}${looks(view)}</div>`;
  },
};

/** @param {View} view */
function decisions(view) {
  const { state, deeds } = view;
  const picked = (state?.session.selection ?? []).flatMap(
    (id) => state?.document.objects.get(id) ?? [],
  );
  const ids = picked.map((object) => object.id);
  const suggested = picked.filter((object) => object.state === "suggested").length;
  const isReject = ids.length > 0 && picked.every(isProposal);
  const remove = isReject ? t("Reject") : t("Delete");
  return html`
    <button class="button small" type="button" title=${withPress(t("Accept"), "accept", view)} ?disabled=${suggested === 0}
      @click=${() => deeds.accept(ids)}>${icon("check", "small")}${t("Accept")}${numberOf(suggested)}</button>
    <button class="button small" type="button" title=${withPress(remove, "remove", view)} ?disabled=${ids.length === 0}
      @click=${() => deeds.remove(ids)}>${icon("trash", "small")}${remove}${numberOf(ids.length)}</button>`;
}

/** @param {number} count */
function numberOf(count) {
  return count > 1 ? html` <b>${count}</b>` : "";
}

/** @param {View} view */
function looks(view) {
  const { state, facts, deeds } = view;
  const ids = state?.session.selection ?? [];
  const isOff = ids.length === 0;
  const hidden = state?.session.hidden;
  const locked = state?.session.locked;
  const areHidden = !isOff && ids.every((id) => hidden?.has(id));
  const areLocked = !isOff && ids.every((id) => locked?.has(id));
  const button = (
    /** @type {string} */ command,
    /** @type {string} */ symbol,
    /** @type {string} */ words,
    isDisabled = isOff,
  ) => html`<button class="button quiet small icon-only" type="button" title=${withPress(words, command, view)}
    aria-label=${words} ?disabled=${isDisabled}
    @click=${() => deeds.run(command)}>${icon(symbol, "small")}</button>`;
  return html`<span class="foot-looks">
    ${button("hide", areHidden ? "eye-off" : "eye", areHidden ? t("Show") : t("Hide"))}
    ${button("lock", areLocked ? "lock" : "unlock", areLocked ? t("Unlock") : t("Lock"))}
    ${button("solo", "layers", t("Show only these, or all again"), isOff && !hidden?.size)}
    ${button("zoomToObject", "fit", t("Zoom to the object"))}
    ${facts.readOnly ? nothing : button("raise", "up", t("Up in the order"))}
    ${facts.readOnly ? nothing : button("lower", "down", t("Down in the order"))}
  </span>`;
}
