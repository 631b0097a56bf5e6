/** One object in the list: what it looks like, what it is, where it comes from. */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { objectColor } from "../model/colors.js";
import { shownPattern } from "../model/patterns.js";
import { isProposal } from "../model/proposals.js";
import { number, t } from "../texts.js";
import { icon } from "./icon.js";
import { toggled } from "./idSets.js";
import { areaOf } from "./objectOrder.js";
import { swatch } from "./swatch.js";
import { OBJECT_STATES, SOURCES, scoreWords, shortArea, shortScore } from "./wording.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").Label} Label
 * @typedef {import("../types.js").MaskObject} MaskObject
 */

/**
 * @typedef {Object} RowFacts
 * @property {number} place in the list, from 1; only rows in sight are in the page
 * @property {number} count of the whole list
 * @property {Label | null} label
 * @property {boolean} isSelected
 * @property {boolean} isFalling the threshold under review would reject it
 * @property {HTMLCanvasElement | null} thumbnail
 * @property {(event: MouseEvent) => void} pick
 */

/**
 * @param {View} view
 * @param {Readonly<MaskObject>} object
 * @param {RowFacts} facts
 */
export function objectRow({ state, deeds }, object, facts) {
  if (!state) return nothing;
  const { id } = object;
  const { session, document } = state;
  const { label, thumbnail } = facts;
  const marks = { isHidden: session.hidden.has(id), isLocked: session.locked.has(id) };
  const color = objectColor(document, object);
  const kind = {
    stuff: label ? !label.is_thing : false,
    suggested: object.state === "suggested",
    rejected: object.state === "rejected",
    pattern: shownPattern(session, label),
  };
  return html`<div class=${rowClasses(object, facts, marks.isHidden, session.hover)} role="option"
    title=${rowTitle(object, label, marks)} aria-selected=${facts.isSelected}
    aria-posinset=${facts.place} aria-setsize=${facts.count} @click=${facts.pick}
    @pointerenter=${() => deeds.look({ hover: id })} @dblclick=${() => deeds.zoomTo(id)}>
    <span class="object-thumb">${thumbnail ?? nothing}</span>
    <span class="object-words">
      <span class="object-name">${swatch(color, kind)}<span class="name clip">${label?.name ?? html`<span class="muted">${t("no label")}</span>`}</span>
        ${object.iscrowd ? html`<span class="muted">${t("crowd")}</span>` : nothing}</span>
      <span class="object-facts">
        <span class="source clip">${sourceWords(object)}</span>
        <span class="score">${shortScore(object.score)}</span>
        <span class="area">${shortArea(areaOf(object))}</span>
      </span>
    </span>
    ${marks.isLocked ? html`<span class="mark">${icon("lock", "small")}</span>` : nothing}
    ${marks.isHidden ? html`<span class="mark">${icon("eye-off", "small")}</span>` : nothing}
    <span class="row-buttons" aria-hidden="true">
      ${rowButton(
        marks.isLocked ? "lock" : "unlock",
        marks.isLocked ? t("Unlock") : t("Lock"),
        () => deeds.look({ locked: toggled(session.locked, id) }),
      )}
      ${rowButton(marks.isHidden ? "eye-off" : "eye", marks.isHidden ? t("Show") : t("Hide"), () =>
        deeds.look({ hidden: toggled(session.hidden, id) }),
      )}
    </span>
  </div>`;
}

/** @param {Readonly<MaskObject>} object */
function sourceWords(object) {
  const isOpen = isProposal(object) || object.state === "rejected";
  return isOpen ? OBJECT_STATES[object.state] : SOURCES[object.source];
}

/**
 * @param {Readonly<MaskObject>} object
 * @param {RowFacts} facts
 * @param {boolean} isHidden
 * @param {string | null} hover
 */
function rowClasses(object, { isFalling }, isHidden, hover) {
  const classes = ["object-row", object.state];
  if (isHidden) classes.push("unseen");
  if (isFalling) classes.push("falling");
  if (hover === object.id) classes.push("hovered");
  return classes.join(" ");
}

/**
 * @param {Readonly<MaskObject>} object
 * @param {Label | null} label
 * @param {{isHidden: boolean, isLocked: boolean}} marks
 */
function rowTitle(object, label, { isHidden, isLocked }) {
  const source =
    object.source === "manual"
      ? t("drawn by hand")
      : object.source === "model"
        ? t("by {model}", { model: object.model || t("a model") })
        : t("imported");
  const score =
    object.score === null ? "" : t(", score {score}", { score: scoreWords(object.score) });
  const size = `${number(areaOf(object))} px`;
  const marks = [isHidden ? t("hidden") : "", isLocked ? t("locked") : ""];
  return [label?.name ?? t("no label"), OBJECT_STATES[object.state], source + score, size, ...marks]
    .filter(Boolean)
    .join(" · ");
}

/**
 * For the mouse alone: an option of a list may hold no control of its own, and keys do the same.
 * @param {string} symbol
 * @param {string} words
 * @param {() => void} toggle
 */
function rowButton(symbol, words, toggle) {
  const click = (/** @type {Event} */ event) => {
    event.stopPropagation();
    toggle();
  };
  return html`<span class="row-button" title=${words} @click=${click}
    @dblclick=${(/** @type {Event} */ event) => event.stopPropagation()}>${icon(symbol, "small")}</span>`;
}
