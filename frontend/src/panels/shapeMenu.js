/** The menu of what can be done to the shapes of the selected objects. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { keyOf } from "../keys/defaultMap.js";
import { keyWords } from "../keys/keyWords.js";
import { t } from "../texts.js";
import { polygon } from "../tools/polygon.js";
import { DROP_SIZE, TIDY_RADIUS } from "../tools/tidyOptions.js";
import { icon } from "./icon.js";
import { optionControl } from "./toolOptions.js";

/** @typedef {import("./view.js").View} View */

const ONE = ["fillHoles", "dropIslands", "grow", "shrink", "smooth", "split"];
const SEVERAL = ["mergeSelected", "subtractOthers", "intersectOthers"];

/** @param {View} view */
export function shapeMenu({ state, facts, deeds }) {
  const session = state?.session;
  if (!session || session.selection.length === 0 || facts.readOnly !== "") return nothing;
  const commands = session.selection.length > 1 ? [...ONE, ...SEVERAL] : ONE;
  return html`<span class="sep"></span><details class="shape-menu">
    <summary class="button small">${t("Shape")}${icon("down", "small")}</summary>
    <div class="shape-items" role="group" aria-label=${t("Shape of the selected objects")}>
      ${optionControl(session, deeds, TIDY_RADIUS)}
      ${optionControl(session, deeds, DROP_SIZE)}
      <button class="button small quiet" type="button"
        @click=${() => deeds.look({ tool: polygon.name })}><span>${t("Edit the vertices")}</span><kbd>${keyWords(keyOf(`tool:${polygon.name}`, facts.keys.map))}</kbd></button>
      ${commands.map((command) => item(facts.keys.map, deeds, command))}
    </div>
  </details>`;
}

/**
 * @param {import("./view.js").KeyFacts["map"]} map
 * @param {import("./view.js").Deeds} deeds
 * @param {string} command
 */
function item(map, deeds, command) {
  const binding = map.find((one) => one.command === command);
  if (!binding) throw new Error(`the key map knows no command "${command}"`);
  const [key] = binding.keys;
  return html`<button class="button small quiet" type="button"
    @click=${() => deeds.run(command)}><span>${binding.words}</span>${key ? html`<kbd>${keyWords(key)}</kbd>` : nothing}</button>`;
}
