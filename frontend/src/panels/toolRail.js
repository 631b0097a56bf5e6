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
  template: (view) => html`
    ${TOOLS.map((tool) => toolButton(view, tool))}
    <hr>
    ${switchButton(view, { command: "fit", words: "Fit the image", symbol: "fit", on: false })}
    ${switchButton(view, { command: "toggleMasks", words: "Masks", symbol: view.state?.session.masksVisible === false ? "eye-off" : "eye", on: false })}
    ${switchButton(view, { command: "outlineOnly", words: "Outlines only", symbol: "layers", on: view.state?.session.outlineOnly === true })}
    <span class="push"></span>
    ${switchButton(view, { command: "toggleFilm", words: "Filmstrip", symbol: "film", on: view.facts.filmOpen })}
    ${switchButton(view, { command: "toggleSide", words: "Labels and objects", symbol: "panel-right", on: view.facts.sideOpen })}
  `,
};

/**
 * @param {View} view
 * @param {import("../types.js").Tool} tool
 */
function toolButton({ state, facts, deeds }, tool) {
  return html`<button class="tool" type="button" data-tool=${tool.name} aria-pressed=${state?.session.tool === tool.name}
    aria-label=${tool.title} aria-keyshortcuts=${tool.hotkey} ?disabled=${!state || (tool.draws && facts.readOnly !== "")}
    @pointerenter=${placeTip} @focus=${placeTip} @click=${() => deeds.look({ tool: tool.name })}>
    ${icon(ICONS[tool.name] ?? tool.name)}
    <span class="tip">${tool.title}<kbd>${tool.hotkey}</kbd></span>
  </button>`;
}

/**
 * @param {View} view
 * @param {{command: string, words: string, symbol: string, on: boolean}} what
 */
function switchButton({ deeds }, { command, words, symbol, on }) {
  const key = keyOf(command);
  return html`<button class="tool" type="button" aria-pressed=${on} aria-label=${words}
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
