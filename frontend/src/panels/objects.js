/**
 * The objects of the image, the topmost first. Only the rows in sight are in the page, so that a
 * thousand
 * objects scroll like ten.
 */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { area } from "../geometry/rle.js";
import { objectColor } from "../model/colors.js";
import { paintOrder } from "../model/document.js";
import { ringOnTab } from "../tools/focusRing.js";
import { icon } from "./icon.js";
import { toggled } from "./idSets.js";
import { judgement } from "./judgement.js";
import { swatch } from "./swatch.js";
import { shortArea, shortScore } from "./wording.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").ObjectFilter} ObjectFilter */
/** @typedef {import("../types.js").MaskObject} MaskObject */

const ROW_PX = 32;
const SPARE_ROWS = 6; // drawn above and below, so that a quick scroll shows no gap

/** @type {readonly (readonly [ObjectFilter, string])[]} */
const FILTERS = [
  ["all", "All"],
  ["confirmed", "Confirmed"],
  ["suggested", "Suggested"],
  ["rejected", "Rejected"],
];

/** Only what waits for a decision or a second thought: four numbers would not fit. */
const COUNTED = new Set(["suggested", "rejected"]);

/** @type {import("./view.js").Panel} */
export const objectsHead = {
  inputs: ({ state, facts }) => [state?.document.objects, facts.filter],
  template: ({ state, facts, deeds }) => {
    const all = [...(state?.document.objects.values() ?? [])];
    return html`
      <header class="panel-head"><h2>Objects</h2><span class="count">${countOf(all, "all") || ""}</span></header>
      <div class="filters" role="group" aria-label="Which objects">
        ${FILTERS.map(([name, words]) => filterChip(name, words, countOf(all, name), facts.filter === name, () => deeds.show({ filter: name })))}
      </div>`;
  },
};

/** @type {import("./view.js").Panel} */
export const objectsFoot = {
  inputs: ({ state, facts }) => [
    state?.session.selection,
    state?.document.objects,
    state?.session.label,
    facts.readOnly,
  ],
  template: ({ state, facts, deeds }) => {
    const picked = (state?.session.selection ?? []).flatMap(
      (id) => state?.document.objects.get(id) ?? [],
    );
    if (!state || facts.readOnly) return nothing;
    const ids = picked.map((object) => object.id);
    const suggested = picked.filter((object) => object.state === "suggested").length;
    return html`<div class="object-foot">
      <button class="button small" type="button" title="Accept  Enter" ?disabled=${suggested === 0}
        @click=${() => deeds.accept(ids)}>${icon("check", "small")}Accept</button>
      <button class="button small" type="button" title="Delete" ?disabled=${ids.length === 0}
        @click=${() => deeds.remove(ids)}>${icon("trash", "small")}${suggested > 0 && suggested === ids.length ? "Reject" : "Delete"}</button>
    </div>`;
  },
};

/**
 * @param {ObjectFilter} name
 * @param {string} words
 * @param {number} count
 * @param {boolean} isOn
 * @param {() => void} choose
 */
function filterChip(name, words, count, isOn, choose) {
  if (name === "rejected" && count === 0 && !isOn) return nothing;
  return html`<button class="chip" type="button" aria-pressed=${isOn}
    @click=${choose}>${words}${COUNTED.has(name) ? html` <b>${count}</b>` : ""}</button>`;
}

/**
 * @param {readonly MaskObject[]} all
 * @param {ObjectFilter} filter
 */
function countOf(all, filter) {
  return all.filter((object) => isShown(object, filter)).length;
}

/**
 * Rejected suggestions are not on the picture, and in the list only when asked for.
 * @param {MaskObject} object
 * @param {ObjectFilter} filter
 */
function isShown(object, filter) {
  return filter === "all" ? object.state !== "rejected" : object.state === filter;
}

/** The scrolling list; it keeps its own place in the list, which is nobody else's business. */
export class ObjectList {
  #host;
  #window;
  #spacer;
  /** @type {View | null} */
  #view = null;
  /** @type {readonly Readonly<MaskObject>[]} */
  #rows = [];
  /** @type {readonly unknown[]} */
  #last = [];

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
    this.#window = document.createElement("div");
    this.#window.className = "object-window";
    this.#spacer = document.createElement("div");
    host.append(this.#spacer, this.#window);
    host.tabIndex = 0;
    ringOnTab(host, document);
    host.addEventListener("scroll", () => this.#draw(), { passive: true });
    host.addEventListener("pointerleave", () => this.#view?.deeds.look({ hover: null }));
    host.addEventListener("keydown", (event) => this.#walk(event));
    new ResizeObserver(() => this.#draw()).observe(host);
  }

  /** @param {View} view */
  update(view) {
    const { state, facts } = view;
    const session = state?.session;
    const inputs = [
      state?.document,
      session?.selection,
      session?.hover,
      session?.hidden,
      session?.locked,
      facts.filter,
      facts.threshold,
      session?.label,
      facts.readOnly,
    ];
    if (this.#view && inputs.every((value, i) => value === this.#last[i])) return;
    const selected = session?.selection.at(-1);
    const isNewSelection = session?.selection !== this.#last[1];
    this.#last = inputs;
    this.#view = view;
    this.#rows = state ? rowsOf(state.document, facts.filter) : [];
    this.#spacer.style.height = `${this.#rows.length * ROW_PX}px`;
    this.#nameRole();
    if (isNewSelection && selected) this.#reveal(selected);
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const selected = this.#view?.state?.session.selection.at(-1);
    const at = this.#rows.findIndex(({ id }) => id === selected);
    const next = this.#rows[at === -1 ? 0 : at + step];
    if (step === 0 || !next) return;
    event.preventDefault();
    this.#view?.deeds.select(next.id);
  }

  /** A list box must hold options; without any the list is a place with words. */
  #nameRole() {
    const hasRows = this.#rows.length > 0;
    this.#host.setAttribute("role", hasRows ? "listbox" : "group");
    if (hasRows) this.#host.setAttribute("aria-multiselectable", "true");
    else this.#host.removeAttribute("aria-multiselectable");
  }

  /** @param {string} id */
  #reveal(id) {
    const index = this.#rows.findIndex((object) => object.id === id);
    if (index === -1) return;
    const top = index * ROW_PX;
    const { scrollTop, clientHeight } = this.#host;
    if (top < scrollTop) this.#host.scrollTop = top;
    else if (top + ROW_PX > scrollTop + clientHeight)
      this.#host.scrollTop = top + ROW_PX - clientHeight;
  }

  #draw() {
    const view = this.#view;
    if (!view) return;
    const { scrollTop, clientHeight } = this.#host;
    const first = Math.max(0, Math.floor(scrollTop / ROW_PX) - SPARE_ROWS);
    const last = Math.ceil((scrollTop + clientHeight) / ROW_PX) + SPARE_ROWS;
    this.#window.style.transform = `translateY(${first * ROW_PX}px)`;
    render(
      this.#rows.length ? listRows(view, this.#rows.slice(first, last)) : emptyWords(view),
      this.#window,
    );
  }
}

/**
 * @param {import("../types.js").EditorDocument} document
 * @param {ObjectFilter} filter
 */
function rowsOf(document, filter) {
  return paintOrder(document)
    .filter((object) => isShown(object, filter))
    .reverse();
}

/** @param {View} view */
function emptyWords({ state, facts }) {
  if (!state) return nothing;
  if (facts.filter !== "all") return html`<p class="panel-empty">None of these.</p>`;
  if (facts.readOnly) return html`<p class="panel-empty">Nothing drawn on this image.</p>`;
  return html`<p class="panel-empty">Nothing drawn yet. Press <kbd>S</kbd> and click on an object, or <kbd>B</kbd> and paint one.</p>`;
}

/**
 * @param {View} view
 * @param {readonly Readonly<MaskObject>[]} rows
 */
function listRows(view, rows) {
  const { state, facts } = view;
  if (!state) return nothing;
  const names = new Map(state.document.labels.map((label) => [label.id, label]));
  const falling = new Set(
    facts.threshold === null
      ? []
      : judgement(state.document, facts.threshold, state.session.label).rejected,
  );
  return repeat(
    rows,
    (object) => object.id,
    (object) =>
      objectRow(
        view,
        object,
        object.label === null ? null : (names.get(object.label) ?? null),
        falling.has(object.id),
      ),
  );
}

/**
 * @param {View} view
 * @param {Readonly<MaskObject>} object
 * @param {import("./view.js").Label | null} label
 * @param {boolean} isFalling the threshold under review would reject it
 */
function objectRow({ state, deeds }, object, label, isFalling) {
  if (!state) return nothing;
  const { id } = object;
  const { session } = state;
  const isHidden = session.hidden.has(id);
  const isLocked = session.locked.has(id);
  const classes = ["object-row", object.state];
  if (isHidden) classes.push("unseen");
  if (isFalling) classes.push("falling");
  if (session.hover === id) classes.push("hovered");
  const pick = (/** @type {MouseEvent} */ event) =>
    deeds.select(id, { add: event.shiftKey || event.ctrlKey || event.metaKey });
  return html`<div class=${classes.join(" ")} role="option" title=${rowTitle(object, label, { isHidden, isLocked })}
    aria-selected=${session.selection.includes(id)} @click=${pick}
    @pointerenter=${() => deeds.look({ hover: id })} @dblclick=${() => deeds.zoomTo(id)}>
    ${objectSwatch(state.document, object, label)}
    <span class="name clip">${label?.name ?? html`<span class="muted">no label</span>`}${
      object.iscrowd ? html` <span class="muted">crowd</span>` : nothing
    }</span>
    ${isLocked ? html`<span class="mark">${icon("lock", "small")}</span>` : nothing}
    ${isHidden ? html`<span class="mark">${icon("eye-off", "small")}</span>` : nothing}
    <span class="score">${shortScore(object.score)}</span>
    <span class="area">${shortArea(area(object.rle))}</span>
    <span class="row-buttons" aria-hidden="true">
      ${rowButton(isLocked ? "lock" : "unlock", isLocked ? "Unlock" : "Lock  Shift+L", () =>
        deeds.look({ locked: toggled(session.locked, id) }),
      )}
      ${rowButton(isHidden ? "eye-off" : "eye", isHidden ? "Show" : "Hide  Shift+H", () =>
        deeds.look({ hidden: toggled(session.hidden, id) }),
      )}
    </span>
  </div>`;
}

/**
 * @param {import("../types.js").EditorDocument} document
 * @param {Readonly<MaskObject>} object
 * @param {import("./view.js").Label | null} label
 */
function objectSwatch(document, object, label) {
  return swatch(objectColor(document, object), {
    stuff: label ? !label.is_thing : false,
    suggested: object.state === "suggested",
    rejected: object.state === "rejected",
  });
}

/**
 * @param {Readonly<MaskObject>} object
 * @param {import("./view.js").Label | null} label
 * @param {{isHidden: boolean, isLocked: boolean}} marks
 */
function rowTitle(object, label, { isHidden, isLocked }) {
  const source =
    object.source === "manual"
      ? "drawn by hand"
      : object.source === "model"
        ? `by ${object.model || "a model"}`
        : "imported";
  const score = object.score === null ? "" : `, score ${object.score.toFixed(2)}`;
  const size = `${area(object.rle).toLocaleString("en")} px`;
  const marks = [isHidden ? "hidden" : "", isLocked ? "locked" : ""];
  return [label?.name ?? "no label", object.state, source + score, size, ...marks]
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
