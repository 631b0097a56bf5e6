/** The tools with their keys, and what the picture shows. */

import { html } from "../../vendor/lit-html/lit-html.js";
import { keyOf } from "../keys/defaultMap.js";
import { TOOLS } from "../tools/registry.js";
import { icon } from "./icon.js";

/** @typedef {import("./view.js").View} View */

/** @type {Readonly<Record<string, string>>} */
const ICONS = { pan: "hand" };

/** @type {import("./view.js").Panel} */
export const toolRail = {
  inputs: ({ state, facts }) => [
    state?.session.tool,
    state?.session.masksVisible,
    state?.session.outlineOnly,
    facts.readOnly,
    facts.sideOpen,
    facts.filmOpen,
  ],
  template: (view) => {
    const { masksVisible = true, outlineOnly = false } = view.state?.session ?? {};
    const { filmOpen, sideOpen } = view.facts;
    const eye = masksVisible ? "eye" : "eye-off";
    return html`
      ${TOOLS.map((tool) => toolButton(view, tool))}
      <hr>
      ${switchButton(view, "fit", "Fit the image", "fit", false)}
      ${switchButton(view, "toggleMasks", "Masks", eye, false)}
      ${switchButton(view, "outlineOnly", "Outlines only", "layers", outlineOnly)}
      <span class="push"></span>
      ${switchButton(view, "toggleFilm", "Filmstrip", "film", filmOpen)}
      ${switchButton(view, "toggleSide", "Labels and objects", "panel-right", sideOpen)}
    `;
  },
};

/**
 * @param {View} view
 * @param {import("../types.js").Tool} tool
 */
function toolButton({ state, facts, deeds }, tool) {
  return html`<button class="tool" type="button" data-tool=${tool.name}
    aria-pressed=${state?.session.tool === tool.name}
    aria-label=${tool.title} aria-keyshortcuts=${tool.hotkey} ?disabled=${!state || (tool.draws && facts.readOnly !== "")}
    @pointerenter=${placeTip} @focus=${placeTip} @click=${() => deeds.look({ tool: tool.name })}>
    ${icon(ICONS[tool.name] ?? tool.name)}
    <span class="tip">${tool.title}<kbd>${tool.hotkey}</kbd></span>
  </button>`;
}

/**
 * @param {View} view
 * @param {string} command
 * @param {string} words
 * @param {string} symbol
 * @param {boolean} isOn
 */
function switchButton({ deeds }, command, words, symbol, isOn) {
  const key = keyOf(command);
  return html`<button class="tool" type="button" aria-pressed=${isOn} aria-label=${words}
    @pointerenter=${placeTip} @focus=${placeTip} @click=${() => deeds.run(command)}>
    ${icon(symbol)}
    <span class="tip">${words}${key ? html`<kbd>${key}</kbd>` : ""}</span>
  </button>`;
}

/**
 * The rail scrolls and would clip its tooltips, so they are fixed and follow their button.
 * @param {Event} event
 */
function placeTip(event) {
  const button = /** @type {HTMLElement} */ (event.currentTarget);
  const tip = /** @type {HTMLElement | null} */ (button.querySelector(".tip"));
  const box = button.getBoundingClientRect();
  tip?.style.setProperty("top", `${box.top + (box.height - 28) / 2}px`);
}
