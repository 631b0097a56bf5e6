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
  root.replaceChildren();
  const places = layOut(root);
  const list = new ObjectList(places.list);
  const draws = [
    mount(places.top, topBar),
    mount(places.rail, toolRail),
    mount(places.veil, stageVeil),
    mount(places.floating, stageTop),
    mount(places.labels, labels),
    mount(places.objectsHead, objectsHead),
    mount(places.objectsFoot, objectsFoot),
    (/** @type {View} */ view) => list.update(view),
    mount(places.film, film),
    mount(places.status, status),
    mount(places.dialogs, dialogs),
  ];
  keepFocusOnCanvas([places.top, places.rail, places.side, places.film, places.floating]);
  const draw = (/** @type {View} */ view) => {
    root.dataset.side = view.facts.sideOpen ? "open" : "closed";
    root.dataset.film = view.facts.filmOpen ? "open" : "closed";
    for (const drawPanel of draws) drawPanel(view);
  };
  return { stage: places.canvases, draw };
}

/** @param {HTMLElement} root */
function layOut(root) {
  const top = place(root, "header", "editor-top");
  const rail = place(root, "nav", "rail", "Tools");
  const stage = place(root, "main", "stage", "Picture");
  const side = place(root, "aside", "side", "Labels and objects");
  const labelPanel = place(side, "section", "labels", "Labels");
  const objects = place(side, "section", "objects", "Objects");
  return {
    top,
    rail,
    side,
    labels: labelPanel,
    canvases: place(stage, "div", "stage-canvases"),
    veil: place(stage, "div", ""),
    floating: place(stage, "div", "stage-top"),
    objectsHead: place(objects, "div", ""),
    list: place(objects, "div", "object-list", "Objects"),
    objectsFoot: place(objects, "div", ""),
    film: place(root, "nav", "film", "Neighbouring images"),
    status: place(root, "footer", "status"),
    dialogs: place(root, "div", ""),
  };
}

/**
 * @param {HTMLElement} parent
 * @param {string} tag
 * @param {string} className
 * @param {string} [words] its name for those who cannot see it
 */
function place(parent, tag, className, words) {
  const element = document.createElement(tag);
  element.className = className;
  if (words) element.setAttribute("aria-label", words);
  parent.append(element);
  return element;
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
