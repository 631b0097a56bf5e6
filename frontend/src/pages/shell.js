/** The editor's frame as it stands in the page from the first moment: every panel has its place. */

import { dialogs } from "../panels/dialogs.js";
import { film } from "../panels/film.js";
import { labels } from "../panels/labels.js";
import { ObjectList, objectsFoot, objectsHead } from "../panels/objects.js";
import { stageTop } from "../panels/stageTop.js";
import { stageVeil } from "../panels/stageVeil.js";
import { status } from "../panels/status.js";
import { toolRail } from "../panels/toolRail.js";
import { topBar } from "../panels/topBar.js";
import { mount } from "../panels/view.js";

/** @typedef {import("../panels/view.js").View} View */

/**
 * @param {HTMLElement} root
 * @returns {{stage: HTMLElement, draw: (view: View) => void}}
 */
export function buildShell(root) {
  const add = (
    /** @type {HTMLElement} */ parent,
    /** @type {string} */ tag,
    /** @type {string} */ className,
    /** @type {Record<string, string>} */ attributes = {},
  ) => {
    const element = document.createElement(tag);
    element.className = className;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
    return element;
  };
  root.replaceChildren();
  const top = add(root, "header", "editor-top");
  const rail = add(root, "nav", "rail", { "aria-label": "Tools" });
  const stage = add(root, "main", "stage", { "aria-label": "Picture" });
  const canvases = add(stage, "div", "stage-canvases");
  const veil = add(stage, "div", "");
  const floating = add(stage, "div", "stage-top");
  const side = add(root, "aside", "side", { "aria-label": "Labels and objects" });
  const labelPanel = add(side, "section", "labels");
  const objectPanel = add(side, "section", "objects");
  const objectHead = add(objectPanel, "div", "");
  const list = new ObjectList(add(objectPanel, "div", "object-list", { tabindex: "0" }));
  const objectFoot = add(objectPanel, "div", "");
  const filmHost = add(root, "nav", "film", { "aria-label": "Neighbouring images" });
  const statusHost = add(root, "footer", "status");
  const dialogHost = add(root, "div", "");
  keepFocusOnCanvas([top, rail, side, filmHost, floating]);
  const draws = [
    mount(top, topBar),
    mount(rail, toolRail),
    mount(veil, stageVeil),
    mount(floating, stageTop),
    mount(labelPanel, labels),
    mount(objectHead, objectsHead),
    mount(objectFoot, objectsFoot),
    (/** @type {View} */ view) => list.update(view),
    mount(filmHost, film),
    mount(statusHost, status),
    mount(dialogHost, dialogs),
  ];
  const draw = (/** @type {View} */ view) => {
    root.dataset.side = view.facts.sideOpen ? "open" : "closed";
    root.dataset.film = view.facts.filmOpen ? "open" : "closed";
    for (const drawPanel of draws) drawPanel(view);
  };
  return { stage: canvases, draw };
}

/**
 * A click on a panel's button must not take the keys away from the tool in hand.
 * @param {readonly HTMLElement[]} hosts
 */
function keepFocusOnCanvas(hosts) {
  const keep = (/** @type {MouseEvent} */ event) => {
    const target = /** @type {Element} */ (event.target);
    if (!target.closest("input, select, textarea, label, a, .object-list")) event.preventDefault();
  };
  for (const host of hosts) host.addEventListener("mousedown", keep);
}
