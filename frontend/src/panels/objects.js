/**
 * The objects of the image: which are listed, and the list. Only the rows in sight are in the page,
 * so that a thousand objects scroll like ten.
 */

import { live } from "../../vendor/lit-html/directives/live.js";
import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { objectColor } from "../model/colors.js";
import { Thumbnails } from "../render/thumbnails.js";
import { t } from "../texts.js";
import { ringOnTab } from "../tools/focusRing.js";
import { judgement } from "./judgement.js";
import { isShown, listed, picked, SORTS } from "./objectOrder.js";
import { objectRow } from "./objectRow.js";
import { withKey } from "./withKey.js";
import { pressOf } from "./withPress.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("./view.js").ObjectFilter} ObjectFilter
 * @typedef {import("./view.js").ObjectSort} ObjectSort
 * @typedef {import("../types.js").MaskObject} MaskObject
 */

const ROW_PX = 44;
const THUMB_PX = 34;
const SPARE_ROWS = 14; // drawn above and below, so that a quick scroll shows no gap

/** @type {readonly (readonly [ObjectFilter, string])[]} */
const FILTERS = [
  ["all", t("All")],
  ["confirmed", t("Confirmed")],
  ["suggested", t("Suggested")],
  ["rejected", t("Rejected")],
];

/** Only what waits for a decision or a second thought: four numbers would not fit. */
const COUNTED = new Set(["suggested", "rejected"]);

/** @type {import("./view.js").Panel} */
export const objectsHead = {
  inputs: ({ state, facts }) => [
    facts.sideTab,
    state?.document.objects,
    facts.filter,
    facts.objectSort,
    facts.objectSearch,
  ],
  template: ({ state, facts, deeds }) => {
    if (facts.sideTab !== "objects") return nothing;
    const all = [...(state?.document.objects.values() ?? [])];
    const search = (/** @type {Event} */ event) =>
      deeds.show({ objectSearch: /** @type {HTMLInputElement} */ (event.target).value });
    return html`
      <div class="filters" role="group" aria-label=${t("Which objects")}>
        ${FILTERS.map(([name, words]) => filterChip(name, words, countOf(all, name), facts.filter === name, () => deeds.show({ filter: name })))}
      </div>
      <div class="object-tools">
        <input type="search" placeholder=${t("Filter")} aria-label=${t("Filter the objects by label, source or attribute")}
          .value=${live(facts.objectSearch)} @input=${search}
          @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && deeds.show({ objectSearch: "" })}>
        <select aria-label=${t("Order of the objects")} .value=${live(facts.objectSort)}
          @change=${(/** @type {Event} */ event) => deeds.show({ objectSort: readSort(event) })}>
          ${SORTS.map(([name, words]) => html`<option value=${name} ?selected=${facts.objectSort === name}>${words}</option>`)}
        </select>
      </div>`;
  },
};

/** @param {Event} event @returns {ObjectSort} */
function readSort(event) {
  const { value } = /** @type {HTMLSelectElement} */ (event.target);
  return SORTS.find(([name]) => name === value)?.[0] ?? "top";
}

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
  #thumbnails = new Thumbnails(THUMB_PX, () => this.#draw());
  /** @type {string | null} where a range begins */
  #anchor = null;
  /** As the browser told last: to ask it amid a change makes it lay the page out for the answer. */
  #seen = { top: 0, height: 0 };

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
    this.#window = document.createElement("div");
    this.#window.className = "object-window";
    this.#spacer = document.createElement("div");
    host.append(this.#spacer, this.#window);
    host.tabIndex = 0;
    ringOnTab(host, document);
    const look = () => {
      this.#seen = { top: host.scrollTop, height: host.clientHeight };
      this.#draw();
    };
    host.addEventListener("scroll", look, { passive: true });
    host.addEventListener("pointerleave", () => this.#view?.deeds.look({ hover: null }));
    host.addEventListener("keydown", (event) => this.#walk(event));
    new ResizeObserver(look).observe(host);
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
      facts.objectSort,
      facts.objectSearch,
      facts.threshold,
      session?.label,
      session?.patterns,
      facts.readOnly,
      facts.sideTab,
    ];
    if (this.#view && inputs.every((value, i) => value === this.#last[i])) return;
    const selected = session?.selection.at(-1);
    const isNewSelection = session?.selection !== this.#last[1];
    this.#last = inputs;
    this.#view = view;
    this.#thumbnails.show(facts.image);
    this.#rows = state ? this.#listed(state.document, facts) : [];
    this.#spacer.style.height = `${this.#rows.length * ROW_PX}px`;
    this.#nameRole();
    if (isNewSelection && selected) this.#reveal(selected);
    this.#draw();
  }

  /** @type {{inputs: readonly unknown[], rows: readonly Readonly<MaskObject>[]}} */
  #sorted = { inputs: [], rows: [] };

  /**
   * Sorted again only when something else is to be listed: a thousand objects, each hover.
   * @param {import("../types.js").EditorDocument} document
   * @param {import("./view.js").Facts} facts
   */
  #listed(document, { filter, objectSort, objectSearch }) {
    const inputs = [document.objects, document.labels, filter, objectSort, objectSearch];
    if (!inputs.every((value, i) => value === this.#sorted.inputs[i])) {
      const rows = listed(document, { filter, sort: objectSort, search: objectSearch });
      this.#sorted = { inputs, rows };
    }
    return this.#sorted.rows;
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const selection = this.#view?.state?.session.selection ?? [];
    const at = this.#rows.findIndex(({ id }) => id === selection.at(-1));
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      this.#view?.deeds.look({ selection: this.#rows.map(({ id }) => id).reverse() });
      return;
    }
    const isOwn = /^(Arrow.*|Home|End)$/.test(event.key) && !event.altKey;
    if (!isOwn || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation(); // the arrows nudge the object only on the picture
    const next = this.#rows[placeAfter(event.key, at, this.#rows.length)];
    if (!next) return;
    this.#pick(next.id, { range: event.shiftKey, toggle: false });
  }

  /**
   * @param {string} id
   * @param {{range: boolean, toggle: boolean}} how
   */
  #pick(id, { range, toggle }) {
    const selection = this.#view?.state?.session.selection ?? [];
    const isKept = this.#anchor !== null && selection.includes(this.#anchor);
    const anchor = isKept ? this.#anchor : (selection.at(-1) ?? null);
    this.#view?.deeds.look({
      selection: picked(this.#rows, selection, id, { range, toggle, anchor }),
    });
    if (!range) this.#anchor = id;
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
    this.#seen.top = this.#host.scrollTop; // rows are where it goes, in the same frame
  }

  #draw() {
    const view = this.#view;
    if (!view) return;
    const { top, height } = this.#seen;
    const first = Math.max(0, Math.floor(top / ROW_PX) - SPARE_ROWS);
    const last = Math.ceil((top + height) / ROW_PX) + SPARE_ROWS;
    this.#window.style.transform = `translateY(${first * ROW_PX}px)`;
    render(
      this.#rows.length
        ? this.#listRows(view, this.#rows.slice(first, last), first)
        : emptyWords(view),
      this.#window,
    );
  }

  /**
   * @param {View} view
   * @param {readonly Readonly<MaskObject>[]} rows
   * @param {number} first place of the first of them in the whole list
   */
  #listRows(view, rows, first) {
    const { state, facts } = view;
    if (!state) return nothing;
    const { document, session } = state;
    const names = new Map(document.labels.map((label) => [label.id, label]));
    const selected = new Set(session.selection);
    const falling = new Set(
      facts.threshold === null ? [] : judgement(document, facts.threshold, session).rejected,
    );
    const slots = Math.ceil(this.#seen.height / ROW_PX) + 2 * SPARE_ROWS + 1;
    return repeat(
      rows,
      (_, at) => (first + at) % slots, // what leaves the window is where the next one is drawn
      (object, at) =>
        objectRow(view, object, {
          place: first + at + 1,
          count: this.#rows.length,
          label: object.label === null ? null : (names.get(object.label) ?? null),
          isSelected: selected.has(object.id),
          isFalling: falling.has(object.id),
          thumbnail: this.#thumbnails.of(object, objectColor(document, object)),
          pick: (event) =>
            this.#pick(object.id, {
              range: event.shiftKey,
              toggle: event.ctrlKey || event.metaKey,
            }),
        }),
    );
  }
}

/**
 * @param {string} key
 * @param {number} at -1: nothing is selected
 * @param {number} count
 */
function placeAfter(key, at, count) {
  if (key === "ArrowDown") return at + 1;
  if (key === "ArrowUp") return at === -1 ? 0 : at - 1;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : -1;
}

/** @param {View} view */
function emptyWords({ state, facts, deeds }) {
  if (!state) return nothing;
  if (facts.filter !== "all" || facts.objectSearch !== "")
    return html`<div class="panel-empty"><p>${t("None of these.")}</p>
      <button class="button small" type="button"
        @click=${() => deeds.show({ filter: "all", objectSearch: "" })}>${t("Show all")}</button></div>`;
  if (facts.readOnly) return html`<p class="panel-empty">${t("Nothing drawn on this image.")}</p>`;
  return html`<div class="panel-empty">
    <p>${withKey(t("Nothing drawn yet. Click on an object and the model outlines it, or press {key} and paint one."), pressOf("tool:brush", facts.keys.map))}</p>
    <button class="button small" type="button" @click=${() => deeds.look({ tool: "smart" })}>${t("Take the smart tool")}</button>
  </div>`;
}
