/** The controls of the tool in hand, made from what the tool says of itself. */

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { keyOf } from "../keys/defaultMap.js";
import { keyWords } from "../keys/keyWords.js";
import { t } from "../texts.js";
import { optionValue, withOption } from "../tools/options.js";
import { withPress } from "./withPress.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").Deeds} Deeds */
/** @typedef {import("../types.js").Session} Session */
/** @typedef {import("../types.js").ToolOption} ToolOption */

const MAX_BRUSH = 300;

/** @type {Readonly<Record<import("../types.js").Overlap, {words: string, title: string}>>} */
const OVERLAPS = {
  protect: { words: t("Protect locked"), title: t("Locked objects keep their pixels") },
  over: {
    words: t("Draw over"),
    title: t("What is drawn takes every pixel, also of locked objects"),
  },
  behind: { words: t("Draw behind"), title: t("What is drawn ends where other objects begin") },
};

/**
 * @param {View} view
 * @param {import("../types.js").Tool} tool
 */
export function toolOptions(view, tool) {
  const { state, facts, deeds } = view;
  const session = state?.session;
  if (!session) return nothing;
  return html`${tool.sized ? sizeOption(session, deeds) : nothing}
    ${tool.sized && tool.goal === "selected" ? brushOptions(view, session) : nothing}
    ${(tool.options ?? []).map((option) => optionControl(session, deeds, option))}
    ${tool.draws && !tool.reworks ? overlapButton(session, deeds, keyOf("overlap", facts.keys.map)) : nothing}`;
}

/**
 * @param {Session} session
 * @param {Deeds} deeds
 */
function sizeOption(session, deeds) {
  const setSize = (/** @type {Event} */ event) => deeds.look({ brushSize: numberOf(event) });
  return html`<label title=${t("[ smaller, ] larger, Alt+wheel")}>${t("Size")}
    <input type="range" min="1" max=${MAX_BRUSH}
      .value=${live(String(Math.min(session.brushSize, MAX_BRUSH)))} @input=${setSize}>
    <output>${Math.round(session.brushSize)} px</output></label>`;
}

/**
 * @param {View} view
 * @param {Session} session
 */
function brushOptions(view, session) {
  const { deeds } = view;
  return html`
    <button class="button small" type="button" title=${t("Square instead of round")}
      aria-pressed=${session.brushShape === "square"}
      @click=${() => deeds.run("brushShape")}>${t("Square")}</button>
    <button class="button small" type="button" title=${withPress(t("Swap add and erase"), "swap", view)}
      aria-pressed=${session.swapped}
      @click=${() => deeds.run("swap")}>${t("Swap")}</button>
  `;
}

/**
 * @param {Session} session
 * @param {Deeds} deeds
 * @param {ToolOption} option
 */
export function optionControl(session, deeds, option) {
  const value = optionValue(session, option);
  const set = (/** @type {import("../types.js").OptionValue} */ next) =>
    deeds.look(withOption(session, option, next));
  switch (option.kind) {
    case "range":
      return html`<label title=${option.title}>${option.words}
        <input type="range" min=${option.min} max=${option.max} step=${option.step}
          .value=${live(String(value))}
          @input=${(/** @type {Event} */ event) => set(numberOf(event))}>
        <output>${value}${option.unit}</output></label>`;
    case "switch":
      return html`<button class="button small" type="button" title=${option.title}
        aria-pressed=${value === true} @click=${() => set(value !== true)}>${option.words}</button>`;
    case "choice":
      return html`<span class="row nowrap" role="group" aria-label=${option.words}
        title=${option.title}>${option.choices.map(
          ([choice, words]) => html`<button class="button small" type="button"
          aria-pressed=${value === choice} @click=${() => set(choice)}>${words}</button>`,
        )}</span>`;
  }
}

/**
 * @param {Session} session
 * @param {Deeds} deeds
 * @param {string} key
 */
function overlapButton({ overlap }, deeds, key) {
  const { words, title } = OVERLAPS[overlap];
  return html`<button class="button small" type="button"
    title=${t("{title}. Press for the next way  {key}", { title, key: keyWords(key) })} aria-label=${t("Overlap: {words}", { words })}
    @click=${() => deeds.run("overlap")}>${words}</button>`;
}

/** @param {Event} event */
function numberOf(event) {
  return Number(/** @type {HTMLInputElement} */ (event.target).value);
}
