/**
 * The dialogs: keys, conflicts, unsent changes, login in place. One at a time, as native <dialog>.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { t } from "../texts.js";
import { conflictBody } from "./conflict.js";
import { icon } from "./icon.js";
import { focusCatcher, keysBody } from "./keysOverlay.js";
import { paletteBody, showPicked } from "./palette.js";
import { ago, counted } from "./wording.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").OutboxRow} OutboxRow */

/** field: one of the body takes the focus; else the heading does, so that Enter decides nothing. */
/**
 * @type {Readonly<Record<string, {words: string, wide: boolean, field: boolean, body: (view: View)
 *   => unknown}>>}
 */
const DIALOGS = {
  keys: { words: t("Keys"), wide: true, field: true, body: keysBody },
  palette: { words: t("Commands"), wide: false, field: true, body: paletteBody },
  conflict: {
    words: t("Somebody else changed this object"),
    wide: true,
    field: false,
    body: conflictBody,
  },
  unsent: { words: t("Saving"), wide: false, field: false, body: unsentBody },
  login: { words: t("Log in to go on"), wide: false, field: true, body: loginBody },
};

/** @type {import("./view.js").Panel} */
export const dialogs = {
  inputs: ({ facts, state }) => [
    facts.dialog,
    facts.search,
    facts.picked,
    facts.keys,
    facts.loginProblem,
    facts.dialog === "conflict" || facts.dialog === "unsent" ? facts.outbox : null,
    facts.dialog === "unsent" ? facts.now : null,
    facts.dialog === "conflict" ? state?.document : null,
    facts.dialog === "conflict" ? facts.merged : null,
  ],
  template: (view) => {
    const dialog = DIALOGS[view.facts.dialog];
    if (!dialog) return nothing;
    const close = () =>
      view.facts.dialog === "login"
        ? view.deeds.endLogin(false)
        : view.deeds.show({ dialog: "", search: "", picked: 0 });
    return html`<dialog class=${dialog.wide ? "wide" : ""} aria-label=${dialog.words}
      @close=${close}
      @keydown=${(/** @type {KeyboardEvent} */ event) => leavesSearch(event) && close()}
      @click=${(/** @type {MouseEvent} */ event) => event.target === event.currentTarget && close()}>
      <header class="dialog-head"><h2 tabindex="-1" ?autofocus=${!dialog.field}>${dialog.words}</h2>
        <button class="button quiet small icon-only" type="button" aria-label=${t("Close")}
          @click=${close}>${icon("cross", "small")}</button></header>
      ${dialog.body(view)}
    </dialog>`;
  },
  after: (host) => {
    const dialog = host.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
    showPicked(host);
    focusCatcher(host);
  },
};

/**
 * A search field would keep the first Escape to empty itself.
 * @param {KeyboardEvent} event
 */
function leavesSearch({ key, target }) {
  return key === "Escape" && target instanceof HTMLInputElement && target.type === "search";
}

/** @param {View} view */
function unsentBody({ facts, deeds }) {
  const { unsent, failed, problem, savedAt, durable } = facts.outbox;
  return html`<div class="dialog-body">
    <p>${unsent === 0 ? t("Everything is saved on the server.") : t("{what} not yet on the server.", { what: counted(unsent, "change") })}
      ${
        savedAt === null
          ? nothing
          : html`<span class="muted">${t("Last saved {when}.", { when: ago(savedAt, facts.now) })}</span>`
      }</p>
    ${
      unsent > 0
        ? html`<p class="muted">${durable ? t("What is unsent is kept in this browser, also when you close the page, and is sent as soon as it works.") : t("What is unsent is only in this page: keep it open, or download it.")}</p>`
        : nothing
    }
    ${
      problem
        ? html`<div class="notice warn">${problem.detail} <span class="muted mono">${problem.code}</span></div>`
        : nothing
    }
    ${failed.map((row) => failedRow(row, deeds))}
  </div>
  <footer class="dialog-foot">
    <button class="button" type="button" ?disabled=${unsent === 0}
      @click=${deeds.download}>${icon("download", "small")}${t("Download my edits")}</button>
    <button class="button primary" type="button" ?disabled=${unsent === 0}
      @click=${() => deeds.run("sendNow")}>${t("Send now")}</button>
  </footer>`;
}

/**
 * @param {OutboxRow} row
 * @param {import("./view.js").Deeds} deeds
 */
function failedRow(row, deeds) {
  return html`<div class="notice bad"><div class="grow">
      <p><b>${row.op === "delete" ? t("A deletion was refused.") : t("A change was refused.")}</b> ${row.problem?.detail ?? ""}</p>
      <p class="muted small mono">${row.problem?.code ?? ""} ${`· ${t("image {image}", { image: row.image })} · ${row.id}`}</p></div>
    <button class="button small" type="button" @click=${() => deeds.retry(row)}>${t("Retry")}</button>
    <button class="button small danger" type="button"
      @click=${() => deeds.discard(row)}>${t("Discard")}</button>
  </div>`;
}

/** @param {View} view */
function loginBody({ facts, deeds }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    deeds.logIn(facts.username, String(data.get("password") ?? ""));
  };
  return html`<form @submit=${submit}>
    <div class="dialog-body">
      <p>${endedWords(facts.outbox.unsent)}</p>
      <div class="field"><label for="login-name">${t("User")}</label><input id="login-name" name="username"
        autocomplete="username" readonly .value=${facts.username}></div>
      <div class="field"><label for="login-password">${t("Password")}</label><input id="login-password"
        name="password" type="password" autocomplete="current-password" autofocus required></div>
      ${
        facts.loginProblem
          ? html`<p class="bad-text"
        role="alert">${facts.loginProblem}</p>`
          : nothing
      }
      <p class="muted small">${t("No password? Open a login link in another tab, then choose “I have logged in”.")}</p>
    </div>
    <footer class="dialog-foot">
      <button class="button" type="button"
        @click=${() => deeds.endLogin(true)}>${t("I have logged in")}</button>
      <button class="button primary" type="submit">${t("Log in")}</button>
    </footer>
  </form>`;
}

/** @param {number} unsent */
function endedWords(unsent) {
  const what = unsent > 0 ? ` (${counted(unsent, "change")})` : "";
  return t(
    "Your session has ended. Nothing is lost: what is unsent{what} waits in this browser and is sent once you are back.",
    { what },
  );
}
