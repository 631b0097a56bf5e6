/** What the keyboard cursor shows, in words: where it is, what lies there, what the tool says. */

import { contains } from "../geometry/rle.js";
import { paintOrder } from "../model/document.js";
import { isProposal } from "../model/proposals.js";
import { t } from "../texts.js";

/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").MaskObject} MaskObject */

const REST_MS = 150; // a held arrow is told where it ends, not at every step
const ON = t("Keyboard cursor. Arrows move it, Space or Enter clicks, Escape leaves.");
const OFF = t("Keyboard cursor off");

export class CursorVoice {
  #host;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {readonly unknown[]} */
  #last = [];
  #wasOn = false;

  /** @param {HTMLElement} host becomes a live region */
  constructor(host) {
    this.#host = host;
    host.setAttribute("aria-live", "polite");
    host.setAttribute("aria-atomic", "true");
    host.dataset.voice = "cursor";
  }

  /** @param {{state: EditorState | null}} view */
  update({ state }) {
    const at = state?.session.keyCursor ?? null;
    const next = [at, at && state?.session.status, at && state?.document];
    if (next.every((value, i) => value === this.#last[i])) return;
    this.#last = next;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(state), REST_MS);
  }

  /** @param {EditorState | null} state */
  #say(state) {
    const words = state ? cursorWords(state) : "";
    const isOn = words !== "";
    const greeting = isOn && !this.#wasOn ? `${ON} ` : "";
    this.#host.textContent = isOn ? greeting + words : this.#wasOn ? OFF : "";
    this.#wasOn = isOn;
  }
}

/**
 * @param {EditorState} state
 * @returns {string} as "x 120, y 80, over bear 3", "" while the cursor is off
 */
export function cursorWords(state) {
  const { keyCursor: at, status } = state.session;
  if (!at) return "";
  const object = shownAt(state, at);
  const place = `x ${Math.floor(at.x)}, y ${Math.floor(at.y)}`;
  const over = object ? t(", over {name}", { name: nameOf(state, object) }) : "";
  return `${place}${over}${status ? `. ${status}` : ""}`;
}

/**
 * The object seen at a point, also a locked one.
 * @param {EditorState} state
 * @param {import("../types.js").Point} at image_px
 * @returns {Readonly<MaskObject> | null}
 */
function shownAt({ document, session }, at) {
  if (!session.masksVisible) return null;
  const isSeen = (/** @type {Readonly<MaskObject>} */ { id, state, rle }) =>
    state !== "rejected" && !session.hidden.has(id) && contains(rle, at.x, at.y);
  return [...paintOrder(document)].reverse().find(isSeen) ?? null;
}

/**
 * Its label and which of that label's objects it is, counted in the order of painting.
 * @param {EditorState} state
 * @param {Readonly<MaskObject>} object
 */
function nameOf({ document, session }, object) {
  const label = document.labels.find(({ id }) => id === object.label)?.name ?? t("object");
  const kin = paintOrder(document).filter((one) => one.label === object.label);
  const marks = [
    ...(isProposal(object) ? [t("suggested")] : []),
    ...(session.locked.has(object.id) ? [t("locked")] : []),
    ...(session.selection.includes(object.id) ? [t("selected")] : []),
  ];
  return [`${label} ${kin.indexOf(object) + 1}`, ...marks].join(", ");
}
