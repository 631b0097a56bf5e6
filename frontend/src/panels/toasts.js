/** Short words that come and go; they never hold anything that must be read. */

import { html, render } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { icon } from "./icon.js";

/** @typedef {"info" | "good" | "warn" | "bad"} Kind */
/** @typedef {{id: number, words: string, kind: Kind}} Toast */

const SHOWN_MS = 5_000;
const SHOWN_BAD_MS = 12_000;
const MOST = 4;

/** @type {Readonly<Record<Kind, string>>} */
const ICONS = { info: "info", good: "check", warn: "warning", bad: "warning" };

export class Toasts {
  /** @type {readonly Toast[]} */
  #shown = [];
  #host;
  #count = 0;

  /** @param {HTMLElement} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * @param {string} words
   * @param {Kind} [kind]
   */
  say(words, kind = "info") {
    this.#count += 1;
    const toast = { id: this.#count, words, kind };
    this.#shown = [...this.#shown.filter((other) => other.words !== words), toast].slice(-MOST);
    this.#draw();
    setTimeout(() => this.#drop(toast.id), kind === "bad" ? SHOWN_BAD_MS : SHOWN_MS);
  }

  /** @param {number} id */
  #drop(id) {
    this.#shown = this.#shown.filter((toast) => toast.id !== id);
    this.#draw();
  }

  #draw() {
    render(
      this.#shown.map(
        ({
          id,
          words,
          kind,
        }) => html`<div class="toast ${kind}">${icon(ICONS[kind], "small")}<span class="grow">${words}</span>
          <button class="row-button" type="button" aria-label=${t("Close")}
            @click=${() => this.#drop(id)}>${icon("cross", "small")}</button></div>`,
      ),
      this.#host,
    );
  }
}
