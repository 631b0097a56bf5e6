/**
 * The dialogs: keys, conflicts, unsent changes, login in place. One at a time, as native <dialog>.
 */

import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { conflictBody } from "./conflict.js";
import { icon } from "./icon.js";
import { keysBody } from "./keysOverlay.js";
import { ago, counted } from "./wording.js";

/** @typedef {import("./view.js").View} View */
/** @typedef {import("./view.js").OutboxRow} OutboxRow */

/** field: one of the body takes the focus; else the heading does, so that Enter decides nothing. */
/**
 * @type {Readonly<Record<string, {words: string, wide: boolean, field: boolean, body: (view: View)
 *   => unknown}>>}
 */
const DIALOGS = {
  keys: { words: "Keys", wide: true, field: true, body: keysBody },
  conflict: {
    words: "Somebody else changed this object",
    wide: true,
    field: false,
    body: conflictBody,
  },
  unsent: { words: "Saving", wide: false, field: false, body: unsentBody },
  login: { words: "Log in to go on", wide: false, field: true, body: loginBody },
};

/** @type {import("./view.js").Panel} */
export const dialogs = {
  inputs: ({ facts, state }) => [
    facts.dialog,
    facts.search,
    facts.loginProblem,
    facts.dialog === "conflict" || facts.dialog === "unsent" ? facts.outbox : null,
    facts.dialog === "unsent" ? facts.now : null,
    facts.dialog === "conflict" ? state?.document : null,
  ],
  template: (view) => {
    const dialog = DIALOGS[view.facts.dialog];
    if (!dialog) return nothing;
    const close = () =>
      view.facts.dialog === "login"
        ? view.deeds.endLogin(false)
        : view.deeds.show({ dialog: "", search: "" });
    return html`<dialog class=${dialog.wide ? "wide" : ""} aria-label=${dialog.words}
      @close=${close}
      @click=${(/** @type {MouseEvent} */ event) => event.target === event.currentTarget && close()}>
      <header class="dialog-head"><h2 tabindex="-1" ?autofocus=${!dialog.field}>${dialog.words}</h2>
        <button class="button quiet small icon-only" type="button" aria-label="Close"
          @click=${close}>${icon("cross", "small")}</button></header>
      ${dialog.body(view)}
    </dialog>`;
  },
  after: (host) => {
    const dialog = host.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  },
};

/** @param {View} view */
function unsentBody({ facts, deeds }) {
  const { unsent, failed, problem, savedAt, durable } = facts.outbox;
  return html`<div class="dialog-body">
    <p>${unsent === 0 ? "Everything is saved on the server." : `${counted(unsent, "change")} not yet on the server.`}
      ${
        savedAt === null
          ? nothing
          : html`<span class="muted">Last saved ${ago(savedAt, facts.now)}.</span>`
      }</p>
    ${
      unsent > 0
        ? html`<p class="muted">${durable ? "They are kept in this browser, also when you close the page, and are sent as soon as it works." : "They are only in this page: keep it open, or download them."}</p>`
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
      @click=${deeds.download}>${icon("download", "small")}Download my edits</button>
    <button class="button primary" type="button" ?disabled=${unsent === 0}
      @click=${() => deeds.run("sendNow")}>Send now</button>
  </footer>`;
}

/**
 * @param {OutboxRow} row
 * @param {import("./view.js").Deeds} deeds
 */
function failedRow(row, deeds) {
  return html`<div class="notice bad"><div class="grow">
      <p><b>${row.op === "delete" ? "A deletion" : "A change"} was refused.</b> ${row.problem?.detail ?? ""}</p>
      <p class="muted small mono">${row.problem?.code ?? ""} · image ${row.image} · ${row.id}</p></div>
    <button class="button small" type="button" @click=${() => deeds.retry(row)}>Retry</button>
    <button class="button small danger" type="button"
      @click=${() => deeds.discard(row)}>Discard</button>
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
      <p>Your session has ended. Nothing is lost: what is unsent${facts.outbox.unsent > 0 ? ` (${counted(facts.outbox.unsent, "change")})` : ""} waits in this browser
        and is sent once you are back.</p>
      <div class="field"><label for="login-name">User</label><input id="login-name" name="username"
        autocomplete="username" readonly .value=${facts.username}></div>
      <div class="field"><label for="login-password">Password</label><input id="login-password"
        name="password" type="password" autocomplete="current-password" autofocus required></div>
      ${
        facts.loginProblem
          ? html`<p class="bad-text"
        role="alert">${facts.loginProblem}</p>`
          : nothing
      }
      <p class="muted small">No password? Open a login link in another tab, then choose “I have logged in”.</p>
    </div>
    <footer class="dialog-foot">
      <button class="button" type="button"
        @click=${() => deeds.endLogin(true)}>I have logged in</button>
      <button class="button primary" type="submit">Log in</button>
    </footer>
  </form>`;
}
