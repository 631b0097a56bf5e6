/**
 * The keys of the tools and of the page, searchable and printable; a click runs the command. While
 * they are edited, a press gives a command its key.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { GESTURES } from "../keys/defaultMap.js";
import { keyWords } from "../keys/keyWords.js";
import { rivals, whyTaken, wordsOf } from "../keys/remap.js";
import { keyOfTools } from "../keys/toolKeys.js";
import { t } from "../texts.js";
import { TOOLS } from "../tools/registry.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {{words: string, keys: readonly string[], group: string, command: string}} Line */

const LABEL_COMMAND = /^label\d$/;
/** @type {readonly Line[]} */
const FIXED = [
  {
    words: t("Label of the selection, or of the next object"),
    keys: ["1 … 9", "0"],
    group: t("Labels"),
    command: "",
  },
  ...GESTURES.map((gesture) => ({ ...gesture, command: "" })),
  ...TOOLS.flatMap(({ title, gestures = [] }) =>
    gestures.map((gesture) => ({ ...gesture, group: title, command: "" })),
  ),
];

/** @param {View} view */
export function keysBody(view) {
  const { state, facts, deeds } = view;
  const found = matching(view);
  const inHand = TOOLS.find(({ name }) => name === state?.session.tool)?.title;
  const groups = [...new Set(found.map(({ group }) => group))].sort(
    (a, b) => Number(b === inHand) - Number(a === inHand),
  );
  const runFirst = (/** @type {KeyboardEvent} */ event) => {
    const first = found.find(({ command }) => command !== "");
    if (event.key === "Enter" && !event.isComposing && first && !facts.keys.draft)
      runLine(first, deeds);
  };
  return html`<div class="dialog-body">
    <div class="row keys-head">
      <input class="grow" type="search" autofocus placeholder=${t("Search commands")} aria-label=${t("Search commands")}
        .value=${facts.search} @keydown=${runFirst}
        @input=${(/** @type {Event} */ event) => deeds.show({ search: /** @type {HTMLInputElement} */ (event.target).value })}>
      ${presetChoice(view)}
      <button class="button" type="button" aria-pressed=${facts.keys.draft !== null}
        @click=${() => deeds.keys.draft(facts.keys.draft ? null : { command: "", press: "" })}>
        ${facts.keys.draft ? t("Done") : t("Change keys")}</button>
      <button class="button" type="button" @click=${() => globalThis.print()}>${t("Print")}</button>
      <button class="button" type="button" @click=${() => deeds.hints.restart()}>${t("First steps again")}</button>
    </div>
    <div class="key-groups">${groups.map(
      (group) => html`<section class="key-group"><h3>${group}</h3>
      ${found.filter((line) => line.group === group).map((line) => keyLine(line, view))}</section>`,
    )}
      ${found.length === 0 ? html`<p class="muted">${t("No command of that name.")}</p>` : nothing}</div>
  </div>`;
}

/** @param {View} view */
function presetChoice({ facts, deeds }) {
  const { preset, presets } = facts.keys;
  return html`<label class="row nowrap">${t("Keys of")}
    <select @change=${(/** @type {Event} */ event) =>
      deeds.keys.choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
      ${presets.map(({ name, title }) => html`<option value=${name} ?selected=${name === preset}>${title}</option>`)}
    </select></label>`;
}

/** @param {View} view @returns {readonly Line[]} */
function matching({ facts }) {
  const wanted = facts.search.trim().toLowerCase();
  const { map } = facts.keys;
  const mapped = map.filter(({ command }) => !LABEL_COMMAND.test(command));
  const fixed = FIXED.map((line) => ({
    ...line,
    keys: line.keys.map((key) => keyOfTools(map, key)).filter((key) => key !== ""),
  }));
  return [...mapped, ...fixed].filter(({ words, keys }) =>
    `${words} ${keys.join(" ")} ${keys.map(keyWords).join(" ")}`.toLowerCase().includes(wanted),
  );
}

/**
 * @param {Line} line
 * @param {View} view
 */
function keyLine(line, view) {
  const { draft } = view.facts.keys;
  const words = html`<span>${line.words}</span><span class="keys">${line.keys.map((key) => html`<kbd>${keyWords(key)}</kbd>`)}</span>`;
  if (line.command === "") return html`<div class="key-line">${words}</div>`;
  if (draft?.command === line.command) return draftLine(line, view);
  const act = () =>
    draft ? view.deeds.keys.draft({ command: line.command, press: "" }) : runLine(line, view.deeds);
  return html`<button class="key-line" type="button" data-command=${line.command} @click=${act}>${words}</button>`;
}

/**
 * A command that waits for its key, or asks whether it may take one.
 * @param {Line} line
 * @param {View} view
 */
function draftLine(line, { facts, deeds }) {
  const press = facts.keys.draft?.press ?? "";
  const taken = press ? whyTaken(press) : "";
  const others = press ? rivals(facts.keys.map, press, line.command) : [];
  const give = (/** @type {readonly string[]} */ keys) => deeds.keys.give(line.command, keys);
  return html`<div class="key-line drafted">
    <button class="button small" type="button" data-key-catcher
      @keydown=${(/** @type {KeyboardEvent} */ event) => caught(event, line, deeds)}>
      ${press ? html`<kbd>${keyWords(press)}</kbd>` : t("Press the new key")}</button>
    <span class="grow">${line.words}${
      taken || others.length > 0
        ? html`<span class="bad-text small" role="alert"> ${taken || t("{press} is now “{commands}”.", { press: keyWords(press), commands: others.map(({ words }) => words).join("”, “") })}</span>`
        : nothing
    }</span>
    ${press && !taken ? html`<button class="button small primary" type="button" @click=${() => give([press])}>${others.length > 0 ? t("Take it") : t("Use it")}</button>` : nothing}
    ${press && !taken && line.keys.length > 0 ? html`<button class="button small" type="button" @click=${() => give([...line.keys, press])}>${t("Add it")}</button>` : nothing}
    <button class="button small" type="button" @click=${() => give([])}>${t("No key")}</button>
    <button class="button small" type="button" @click=${() => deeds.keys.reset(line.command)}>${t("As before")}</button>
  </div>`;
}

/**
 * @param {KeyboardEvent} event
 * @param {Line} line
 * @param {import("./view.js").Deeds} deeds
 */
function caught(event, line, deeds) {
  if (event.key === "Tab" || event.key === "Escape") return;
  const press = wordsOf(event);
  event.preventDefault();
  event.stopPropagation();
  if (press) deeds.keys.draft({ command: line.command, press });
}

/** The line that waits for a press takes the focus. @param {HTMLElement} host */
export function focusCatcher(host) {
  const catcher = /** @type {HTMLElement | null} */ (host.querySelector("[data-key-catcher]"));
  if (catcher && !catcher.parentElement?.contains(document.activeElement)) catcher.focus();
}

/**
 * @param {Line} line
 * @param {import("./view.js").Deeds} deeds
 */
function runLine({ command }, deeds) {
  deeds.show({ dialog: "", search: "" });
  deeds.runAsKey(command);
}
