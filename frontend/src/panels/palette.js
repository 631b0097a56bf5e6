/** Ctrl+K: every command, tool and label by typing, with the key beside it. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { keyWords } from "../keys/keyWords.js";
import { shownPattern } from "../model/patterns.js";
import { t } from "../texts.js";
import { activeLabels } from "./labelDigits.js";
import { swatch } from "./swatch.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {{words: string, group: string, key: string, run: (deeds: import("./view.js").Deeds) =>
 *   void, sign?: unknown}} Entry */

const SHOWN = 60; // more would not be read
const LABEL_COMMAND = /^label\d$/;

/** @param {View} view */
export function paletteBody(view) {
  const found = entriesFor(view);
  const at = Math.min(view.facts.picked, Math.max(0, found.length - 1));
  return html`<div class="dialog-body palette">
    <input type="search" autofocus role="combobox" aria-expanded="true" aria-controls="palette-list"
      aria-activedescendant=${found.length > 0 ? `palette-${at}` : nothing}
      placeholder=${t("Type a command, a tool or a label")} aria-label=${t("Find a command")}
      .value=${view.facts.search} @keydown=${(/** @type {KeyboardEvent} */ event) => steer(event, view, found, at)}
      @input=${(/** @type {Event} */ event) =>
        view.deeds.show({
          search: /** @type {HTMLInputElement} */ (event.target).value,
          picked: 0,
        })}>
    <ul id="palette-list" role="listbox" aria-label=${t("Commands")}>${found.map(
      (entry, place) => html`<li id="palette-${place}" role="option" aria-selected=${place === at}
        class="key-line" @click=${() => choose(entry, view)}>
        <span>${entry.sign ?? nothing}${entry.words} <span class="muted small">${entry.group}</span></span>
        ${entry.key ? html`<kbd>${keyWords(entry.key)}</kbd>` : nothing}</li>`,
    )}</ul>
    ${found.length === 0 ? html`<p class="muted" role="status">${t("No command of that name.")}</p>` : nothing}
  </div>`;
}

/** Keep the picked entry in sight. @param {HTMLElement} host */
export function showPicked(host) {
  host.querySelector("#palette-list [aria-selected=true]")?.scrollIntoView({ block: "nearest" });
}

/**
 * Words that begin like what was typed come first.
 * @param {View} view
 * @returns {readonly Entry[]}
 */
export function entriesFor({ state, facts }) {
  const wanted = facts.search.trim().toLowerCase();
  const commands = facts.keys.map
    .filter(({ command }) => !LABEL_COMMAND.test(command) && command !== "palette")
    .map(({ command, words, group, keys }) => ({
      words,
      group,
      key: keys[0] ?? "",
      run: (/** @type {import("./view.js").Deeds} */ deeds) => deeds.runAsKey(command),
    }));
  const labels = activeLabels(state?.document.labels ?? []).map((label) => ({
    words: label.name,
    group: t("Label"),
    key: "",
    sign: swatch(label.color, {
      stuff: !label.is_thing,
      pattern: shownPattern(state?.session, label),
    }),
    run: (/** @type {import("./view.js").Deeds} */ deeds) => deeds.chooseLabel(label.id),
  }));
  const ranked = [...commands, ...labels]
    .map((entry) => ({ entry, rank: rankOf(entry, wanted) }))
    .filter(({ rank }) => rank >= 0);
  return ranked
    .sort((one, other) => one.rank - other.rank)
    .slice(0, SHOWN)
    .map(({ entry }) => entry);
}

/**
 * @param {Entry} entry
 * @param {string} wanted
 * @returns {number} 0 is best, -1 does not fit
 */
function rankOf({ words, group }, wanted) {
  const own = words.toLowerCase();
  if (own.startsWith(wanted)) return 0;
  if (own.includes(` ${wanted}`)) return 1;
  return `${own} ${group.toLowerCase()}`.includes(wanted) ? 2 : -1;
}

/**
 * @param {KeyboardEvent} event
 * @param {View} view
 * @param {readonly Entry[]} found
 * @param {number} at
 */
function steer(event, view, found, at) {
  if (event.isComposing) return;
  const entry = found[at];
  if (event.key === "Enter" && entry) {
    event.preventDefault();
    choose(entry, view);
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || found.length === 0) return;
  event.preventDefault();
  view.deeds.show({ picked: (at + step + found.length) % found.length });
}

/**
 * @param {Entry} entry
 * @param {View} view
 */
function choose(entry, { deeds }) {
  deeds.show({ dialog: "", search: "", picked: 0 });
  entry.run(deeds);
}
