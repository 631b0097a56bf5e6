/**
 * How picture and masks are shown, floating over the stage's corner; and while it is closed, a line
 * that tells what is adjusted, so that nobody takes it for the picture.
 */

import { live } from "../../vendor/lit-html/directives/live.js";
import { html, nothing, svg } from "../../vendor/lit-html/lit-html.js";
import { keyOf } from "../keys/defaultMap.js";
import { keyWords } from "../keys/keyWords.js";
import { HEAT, heatScale, SIGNALS, signalFacts, withoutValue } from "../model/heat.js";
import { AS_IT_IS, adjustments, CHANNELS, LOOK_RANGES, lookWords } from "../model/pictureLook.js";
import { t } from "../texts.js";
import { icon } from "./icon.js";
import { counted, scoreWords } from "./wording.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("../types.js").Session} Session */
/** @typedef {Partial<import("../model/pictureLook.js").PictureLook>} LookPart */

/** @type {readonly (readonly [Session["wheel"], string])[]} */
const WHEELS = [
  ["auto", t("Mouse zooms, trackpad pans")],
  ["zoom", t("Always zooms")],
  ["pan", t("Always pans; with Ctrl it zooms")],
];

const CHANNEL_WORDS = { all: t("All"), red: t("Red"), green: t("Green"), blue: t("Blue") };

/** @type {import("./view.js").Panel} */
export const viewPanel = {
  inputs: ({ state, facts }) => [
    state?.session.picture,
    state?.session.opacity,
    state?.session.outlineOnly,
    state?.session.gridShown,
    state?.session.minimapShown,
    state?.session.rulersShown,
    state?.session.heat,
    state?.session.heatSignal,
    state?.session.heat ? state.document.objects : null,
    state?.session.patterns,
    state?.session.wheel,
    facts.viewOpen,
    facts.diff !== null,
    facts.trouble,
    facts.keys.map,
  ],
  template: (view) => {
    const session = view.state?.session;
    if (!session || view.facts.trouble) return nothing;
    return view.facts.viewOpen ? settings(view, session) : chip(view, session);
  },
};

/**
 * @param {View} view
 * @param {Session} session
 */
function chip(view, { picture, heat }) {
  const { deeds } = view;
  const words = adjustments(picture);
  return html`${heat ? heatChip(view) : nothing}${words.length > 0 ? lookChip(deeds, words) : nothing}`;
}

/** @param {View} view */
function heatChip(view) {
  const { state, deeds } = view;
  const { words, explained } = signalFacts(state?.session.heatSignal ?? "score");
  return html`<div class="look-chip" role="status"><span title=${explained + scaleWords(view)}>${words}</span>${legend(view)}
    <button class="button small" type="button" @click=${() => deeds.run("heat")}>${t("Labels' colours")}</button></div>`;
}

/**
 * What the colours of the heat map mean; attributes, since a page's styles are its files'.
 * @param {View} view
 */
function legend({ state }) {
  if (!state) return nothing;
  const { sure, unsure } = heatScale(state.document, state.session.heatSignal);
  return html`<span class="heat-legend"><span>${t("sure")} <b>${scoreWords(sure)}</b></span><svg width="80" height="12"
    aria-hidden="true">${HEAT.map(
      (color, i) => svg`<rect x=${i * 16} width="16" height="12" fill=${color}></rect>`,
    )}</svg><span><b>${scoreWords(unsure)}</b> ${t("unsure")}</span></span>`;
}

/** @param {View} view */
function scaleWords({ state }) {
  if (!state) return "";
  return heatScale(state.document, state.session.heatSignal).ordered.length > 0
    ? t(" Coloured by rank on this image: each colour is a fifth of its objects.")
    : t(" On this image all are alike.");
}

/**
 * Which doubt colours the suggestions, what it is, and what its colours say on this image.
 * @param {View} view
 */
function heatSettings(view) {
  const { state, deeds } = view;
  if (!state?.session.heat) return nothing;
  const { name, explained } = signalFacts(state.session.heatSignal);
  const missing = withoutValue(state.document, name);
  const choose = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    const chosen = SIGNALS.find((one) => one.name === value);
    if (chosen) deeds.look({ heatSignal: chosen.name });
  };
  return html`<p class="muted small">${explained}${scaleWords(view)}${
    missing > 0
      ? t(" Grey: {what} of which the model does not tell it.", {
          what: counted(missing, "suggestion"),
        })
      : ""
  }</p>
    <label class="row nowrap">${t("Coloured by")} <select name="heat-signal" @change=${choose}>
      ${SIGNALS.map((one) => html`<option value=${one.name} ?selected=${one.name === name}>${one.words}</option>`)}
    </select></label>${legend(view)}`;
}

/**
 * @param {import("./view.js").Deeds} deeds
 * @param {readonly string[]} words what is adjusted
 */
function lookChip(deeds, words) {
  return html`<div class="look-chip" role="status">
    <button class="look-words" type="button" title=${t("Change how the picture is shown")}
      @click=${() => deeds.run("adjust")}>${icon("settings", "small")}${t("Picture:")} ${words.join(", ")}</button>
    <button class="button small" type="button" @click=${() => deeds.run("resetLook")}>${t("Reset")}</button>
  </div>`;
}

/**
 * @param {View} view
 * @param {Session} session
 */
function settings(view, session) {
  const { deeds } = view;
  const close = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    deeds.run("adjust");
  };
  return html`<section class="look" aria-label=${t("View")} @keydown=${close}>
    <header class="look-head"><b>${t("View")}</b>
      <button class="button small" type="button" ?disabled=${adjustments(session.picture).length === 0}
        @click=${() => deeds.run("resetLook")}>${t("Reset picture")}</button>
      <button class="button small quiet icon-only" type="button" aria-label=${t("Close View")}
        @click=${() => deeds.run("adjust")}>${icon("cross", "small")}</button></header>
    ${LOOK_RANGES.map((range) => lookRange(view, session, range))}
    ${channels(view, session)}
    <hr>
    ${opacity(view, session)}
    <div class="row tight-row">
      ${toggle(view, "outlineOnly", t("Outlines only"), session.outlineOnly)}
      ${toggle(view, "pixelGrid", t("Pixel grid"), session.gridShown, t("Lines between the pixels from 800 % on"))}
      ${toggle(view, "rulers", t("Rulers"), session.rulersShown, t("Image pixels along the edges"))}
      ${toggle(view, "minimap", t("Minimap"), session.minimapShown, t("Where one is while zoomed in"))}
      ${toggle(view, "patterns", t("Patterns"), session.patterns, t("A pattern for each label, to tell them apart without colour"))}
      ${toggle(view, "diff", t("Diff"), view.facts.diff !== null, t("Diff: what changed since the pre-label"))}
    </div>
    <div class="heat-settings">
      ${toggle(view, "heat", t("Heat map"), session.heat, t("Colour suggestions by how unsure the model was"))}
      ${heatSettings(view)}
    </div>
    ${wheelSettings(view, session)}
  </section>`;
}

/**
 * @param {View} view
 * @param {Session} session
 * @param {import("../model/pictureLook.js").LookRange} range
 */
function lookRange(view, { picture }, range) {
  const { name, words, min, max, step } = range;
  const set = (/** @type {Event} */ event) => adjust(view, { [name]: numberOf(event) });
  return html`<label class="look-range" title=${t("Double click: as it is")}>${words}
    <input type="range" name=${name} min=${min} max=${max} step=${step} .value=${live(String(picture[name]))}
      @input=${set} @dblclick=${() => adjust(view, { [name]: AS_IT_IS[name] })}>
    <output>${lookWords(range, picture)}</output></label>`;
}

/**
 * @param {View} view
 * @param {Session} session
 */
function channels(view, { picture }) {
  return html`<div class="row tight-row" role="group" aria-label=${t("Channels")}>
    ${CHANNELS.map(
      (channel) => html`<button class="button small" type="button"
      aria-pressed=${picture.channel === channel}
      @click=${() => adjust(view, { channel })}>${CHANNEL_WORDS[channel]}</button>`,
    )}
    <button class="button small" type="button" aria-pressed=${picture.invert}
      @click=${() => adjust(view, { invert: !picture.invert })}>${t("Invert")}</button>
  </div>`;
}

/**
 * @param {View} view
 * @param {Session} session
 */
function opacity({ deeds }, session) {
  const percent = Math.round(session.opacity * 100);
  return html`<label class="look-range" title=${t("Of the masks")}>${t("Mask opacity")}
    <input type="range" name="opacity" min="0" max="100" step="5" .value=${live(String(percent))}
      @input=${(/** @type {Event} */ event) => deeds.look({ opacity: numberOf(event) / 100 })}>
    <output>${percent} %</output></label>`;
}

/**
 * @param {View} view
 * @param {Session} session
 */
function wheelSettings({ deeds }, session) {
  const choose = (/** @type {Event} */ event) => {
    const { value } = /** @type {HTMLSelectElement} */ (event.target);
    const chosen = WHEELS.find(([name]) => name === value);
    if (chosen) deeds.look({ wheel: chosen[0] });
  };
  return html`<label class="look-choice">${t("Wheel")} <select name="wheel" @change=${choose}>
    ${WHEELS.map(([name, words]) => html`<option value=${name} ?selected=${name === session.wheel}>${words}</option>`)}
  </select></label>`;
}

/**
 * @param {View} view
 * @param {string} command
 * @param {string} words
 * @param {boolean} isOn
 * @param {string} [title]
 */
function toggle({ facts, deeds }, command, words, isOn, title = words) {
  const key = keyOf(command, facts.keys.map);
  return html`<button class="button small" type="button" title=${key ? `${title}  ${keyWords(key)}` : title}
    aria-pressed=${isOn} @click=${() => deeds.run(command)}>${words}</button>`;
}

/**
 * @param {View} view
 * @param {LookPart} part
 */
function adjust({ state, deeds }, part) {
  const picture = state?.session.picture ?? AS_IT_IS;
  deeds.look({ picture: Object.freeze({ ...picture, ...part }) });
}

/** @param {Event} event */
function numberOf(event) {
  return Number(/** @type {HTMLInputElement} */ (event.target).value);
}
