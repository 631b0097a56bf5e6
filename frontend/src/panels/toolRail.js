/** The tools with their keys, and what the picture shows. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { keyOf } from "../keys/defaultMap.js";
import { keyWords } from "../keys/keyWords.js";
import { AS_IT_IS, isAdjusted } from "../model/pictureLook.js";
import { t } from "../texts.js";
import { TOOLS } from "../tools/registry.js";
import { icon } from "./icon.js";

/** @typedef {import("./view.js").View} View */

/** @type {import("./view.js").Panel} */
export const toolRail = {
  inputs: ({ state, facts }) => [
    state?.session.tool,
    state?.session.masksVisible,
    state?.session.outlineOnly,
    facts.readOnly,
    facts.sideOpen,
    facts.filmOpen,
    facts.viewOpen,
    state?.session.picture,
    facts.keys.map,
  ],
  template: (view) => {
    const { masksVisible = true, outlineOnly = false } = view.state?.session ?? {};
    const { filmOpen, sideOpen } = view.facts;
    const isShown = view.facts.viewOpen || isAdjusted(view.state?.session.picture ?? AS_IT_IS);
    const eye = masksVisible ? "eye" : "eye-off";
    return html`
      ${TOOLS.map((tool) => toolButton(view, tool))}
      <hr>
      ${switchButton(view, "fit", t("Fit the image"), "fit", false)}
      ${switchButton(view, "toggleMasks", t("Masks"), eye, false)}
      ${switchButton(view, "outlineOnly", t("Outlines only"), "layers", outlineOnly)}
      ${switchButton(view, "adjust", t("View"), "settings", isShown)}
      <span class="push"></span>
      ${switchButton(view, "toggleFilm", t("Filmstrip"), "film", filmOpen)}
      ${switchButton(view, "toggleSide", t("Labels and objects"), "panel-right", sideOpen)}
    `;
  },
};

/**
 * @param {View} view
 * @param {import("../types.js").Tool} tool
 */
function toolButton({ state, facts, deeds }, tool) {
  const key = keyOf(`tool:${tool.name}`, facts.keys.map);
  return html`<button class="tool" type="button" data-tool=${tool.name}
    aria-pressed=${state?.session.tool === tool.name}
    aria-label=${tool.title} aria-keyshortcuts=${key || nothing} ?disabled=${!state || (tool.draws && facts.readOnly !== "")}
    @pointerenter=${placeTip} @focus=${placeTip}
    @click=${pressing(() => deeds.look({ tool: tool.name }))}>
    ${icon(tool.icon ?? tool.name)}
    <span class="tip">${tool.title}${key ? html`<kbd>${keyWords(key)}</kbd>` : nothing}</span>
  </button>`;
}

/**
 * @param {View} view
 * @param {string} command
 * @param {string} words
 * @param {string} symbol
 * @param {boolean} isOn
 */
function switchButton({ deeds, facts }, command, words, symbol, isOn) {
  const key = keyOf(command, facts.keys.map);
  return html`<button class="tool" type="button" aria-pressed=${isOn} aria-label=${words}
    @pointerenter=${placeTip} @focus=${placeTip}
    @click=${pressing(() => deeds.run(command))}>
    ${icon(symbol)}
    <span class="tip">${words}${key ? html`<kbd>${keyWords(key)}</kbd>` : ""}</span>
  </button>`;
}

/**
 * The rail scrolls and would clip its tooltips, so they are fixed and follow their button.
 * @param {Event} event
 */
function placeTip(event) {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  const tip = tipOf(button);
  const box = button.getBoundingClientRect();
  tip.hidden = false;
  tip.style.setProperty("top", `${box.top + (box.height - 28) / 2}px`);
}

/**
 * Who has pressed the button knows it, and wants to see what it opened.
 * @param {() => void} deed
 * @returns {(event: Event) => void}
 */
function pressing(deed) {
  return (event) => {
    tipOf(/** @type {HTMLElement} */ (event.currentTarget)).hidden = true;
    deed();
  };
}

/** @param {HTMLElement} button */
function tipOf(button) {
  return /** @type {HTMLElement} */ (button.querySelector(".tip"));
}
