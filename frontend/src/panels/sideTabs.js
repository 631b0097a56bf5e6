/** What the lower half of the right panel shows: objects, history, comments or the image. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { openCount } from "./threads.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").SideTab} SideTab */

/** @type {readonly (readonly [SideTab, string])[]} */
const TABS = [
  ["objects", t("Objects")],
  ["history", t("History")],
  ["comments", t("Comments")],
  ["image", t("Image")],
];

/** @type {import("./view.js").Panel} */
export const sideTabs = {
  inputs: ({ facts }) => [facts.sideTab, facts.talk.threads],
  template: (view) => html`<div class="tab-strip" role="group" aria-label=${t("Below the labels")}>
    ${TABS.map(([name, words]) => tab(view, name, words))}
  </div>`,
};

/**
 * @param {View} view
 * @param {SideTab} name
 * @param {string} words
 */
function tab({ facts, deeds }, name, words) {
  const count = name === "comments" ? openCount(facts.talk) : 0;
  return html`<button type="button" aria-pressed=${facts.sideTab === name}
    @click=${() => deeds.show({ sideTab: name })}>${words}${count > 0 ? html` <span class="count">${count}</span>` : nothing}</button>`;
}
