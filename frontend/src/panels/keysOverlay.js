/**
 * The keys of the tool in hand and of the page, searchable and printable; a click runs the
 * command.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { DEFAULT_MAP, GESTURES } from "../keys/defaultMap.js";
import { TOOLS } from "../tools/registry.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {{words: string, keys: readonly string[], group: string, command: string}} Line */

/** @type {readonly Line[]} */
const LINES = [
  ...TOOLS.map(({ title, hotkey, name }) => ({
    words: title,
    keys: [hotkey],
    group: "Tools",
    command: `tool:${name}`,
  })),
  ...DEFAULT_MAP.filter(({ command }) => !/^label\d$/.test(command)),
  {
    words: "Label of the selection, or of the next object",
    keys: ["1 … 9", "0"],
    group: "Labels",
    command: "",
  },
  ...GESTURES.map((gesture) => ({ ...gesture, command: "" })),
];

/** @param {View} view */
export function keysBody({ facts, deeds }) {
  const found = matching(facts.search);
  const groups = [...new Set(found.map(({ group }) => group))];
  const runFirst = (/** @type {KeyboardEvent} */ event) => {
    const first = found.find(({ command }) => command !== "");
    if (event.key === "Enter" && first) runLine(first, deeds);
  };
  return html`<div class="dialog-body">
    <input type="search" autofocus placeholder="Search commands" aria-label="Search commands"
      .value=${facts.search} @keydown=${runFirst}
      @input=${(/** @type {Event} */ event) => deeds.show({ search: /** @type {HTMLInputElement} */ (event.target).value })}>
    <div class="key-groups">${groups.map(
      (group) => html`<section class="key-group"><h3>${group}</h3>
      ${found.filter((line) => line.group === group).map((line) => keyLine(line, deeds))}</section>`,
    )}
      ${found.length === 0 ? html`<p class="muted">No command of that name.</p>` : nothing}</div>
  </div>`;
}

/** @param {string} search */
function matching(search) {
  const wanted = search.trim().toLowerCase();
  return LINES.filter(({ words, keys }) =>
    `${words} ${keys.join(" ")}`.toLowerCase().includes(wanted),
  );
}

/**
 * @param {Line} line
 * @param {import("./view.js").Deeds} deeds
 */
function keyLine(line, deeds) {
  const words = html`<span>${line.words}</span><span class="keys">${line.keys.map((key) => html`<kbd>${key}</kbd>`)}</span>`;
  if (line.command === "") return html`<div class="key-line">${words}</div>`;
  return html`<button class="key-line" type="button"
    @click=${() => runLine(line, deeds)}>${words}</button>`;
}

/**
 * @param {Line} line
 * @param {import("./view.js").Deeds} deeds
 */
function runLine({ command }, deeds) {
  deeds.show({ dialog: "", search: "" });
  if (command.startsWith("tool:")) deeds.look({ tool: command.slice("tool:".length) });
  else deeds.run(command);
}
