/** The editor's frame as it stands in the page from the first moment: every panel has its place. */

import { attributes } from "../panels/attributes.js";
import { comments } from "../panels/comments.js";
import { CursorVoice } from "../panels/cursorVoice.js";
import { dialogs } from "../panels/dialogs.js";
import { diffCard } from "../panels/diffCard.js";
import { film } from "../panels/film.js";
import { hintCard } from "../panels/hintCard.js";
import { history } from "../panels/history.js";
import { imagePanel } from "../panels/imagePanel.js";
import { labels } from "../panels/labels.js";
import { objectFoot } from "../panels/objectFoot.js";
import { ObjectList, objectsHead } from "../panels/objects.js";
import { pins } from "../panels/pins.js";
import { rulerPointer, rulers } from "../panels/rulers.js";
import { sideTabs } from "../panels/sideTabs.js";
import { stageTop } from "../panels/stageTop.js";
import { stageVeil } from "../panels/stageVeil.js";
import { status } from "../panels/status.js";
import { toolRail } from "../panels/toolRail.js";
import { topBar } from "../panels/topBar.js";
import { sayTyped } from "../panels/typed.js";
import { mount } from "../panels/view.js";
import { viewPanel } from "../panels/viewPanel.js";
import { t } from "../texts.js";

/** @typedef {import("../panels/view.js").View} View */

/**
 * @param {HTMLElement} root
 * @returns {{stage: HTMLElement, draw: (view: View) => void}}
 */
export function buildShell(root) {
  root.replaceChildren();
  const places = layOut(root);
  const list = new ObjectList(places.list);
  const voice = new CursorVoice(places.voice);
  const draws = [
    mount(places.top, topBar),
    mount(places.rail, toolRail),
    mount(places.veil, stageVeil),
    mount(places.floating, stageTop),
    mount(places.view, viewPanel),
    mount(places.diff, diffCard),
    mount(places.labels, labels),
    mount(places.tabs, sideTabs),
    mount(places.past, history),
    mount(places.talk, comments),
    mount(places.imageFacts, imagePanel),
    mount(places.pins, pins),
    mount(places.rulers, rulers),
    mount(places.rulerPointer, rulerPointer),
    mount(places.objectsHead, objectsHead),
    mount(places.attributes, attributes),
    mount(places.objectsFoot, objectFoot),
    (/** @type {View} */ view) => list.update(view),
    (/** @type {View} */ view) => voice.update(view),
    mount(places.hint, hintCard),
    mount(places.film, film),
    mount(places.status, status),
    mount(places.dialogs, dialogs),
  ];
  keepFocusOnCanvas([
    places.top,
    places.rail,
    places.side,
    places.film,
    places.floating,
    places.corner,
    places.pins,
  ]);
  const draw = (/** @type {View} */ view) => {
    root.dataset.side = view.facts.sideOpen ? "open" : "closed";
    root.dataset.tab = view.facts.sideTab;
    root.dataset.rulers = view.state?.session.rulersShown ? "shown" : "";
    root.dataset.film = view.facts.filmOpen ? "open" : "closed";
    for (const drawPanel of draws) drawPanel(view);
  };
  return { stage: places.canvases, draw };
}

/** @param {HTMLElement} root */
function layOut(root) {
  const top = place(root, "header", "editor-top");
  const rail = place(root, "nav", "rail", t("Tools"));
  const stage = place(root, "main", "stage", t("Picture"));
  const corner = place(stage, "div", "view-corner");
  const side = place(root, "aside", "side", t("Labels and objects"));
  const labelPanel = place(side, "section", "labels", t("Labels"));
  const tabs = place(side, "div", "side-tabs");
  const objects = place(side, "section", "objects tab-objects", t("Objects"));
  return {
    top,
    rail,
    side,
    labels: labelPanel,
    tabs,
    past: place(side, "section", "objects tab-history", t("History")),
    talk: place(side, "section", "objects tab-comments", t("Comments")),
    imageFacts: place(side, "section", "objects tab-image", t("Image")),
    canvases: place(stage, "div", "stage-canvases"),
    pins: place(stage, "div", "pins"),
    rulers: place(stage, "div", "rulers"),
    rulerPointer: place(stage, "div", "rulers"),
    veil: place(stage, "div", ""),
    floating: place(stage, "div", "stage-top"),
    corner,
    diff: place(corner, "div", "view-part"),
    view: place(corner, "div", "view-part"),
    objectsHead: place(objects, "div", ""),
    list: place(objects, "div", "object-list", t("Objects")),
    attributes: place(objects, "div", ""),
    objectsFoot: place(objects, "div", ""),
    hint: place(side, "div", "hint-place"),
    film: place(root, "nav", "film", t("Neighbouring images")),
    status: place(root, "footer", "status"),
    dialogs: place(root, "div", ""),
    voice: place(stage, "div", "visually-hidden"),
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
    sayTyped(target);
    if (!target.closest("input, select, textarea, label, a, .object-list")) event.preventDefault();
  };
  for (const host of hosts) host.addEventListener("mousedown", keep);
}
