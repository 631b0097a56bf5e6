/** The threads of the image: what is said about which place, answers, and what is settled. */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing } from "../../vendor/lit-html/lit-html.js";
import { newId } from "../model/ids.js";
import { t } from "../texts.js";
import { icon } from "./icon.js";
import { since } from "./sentences.js";
import { shownThreads } from "./threads.js";
import { withKey } from "./withKey.js";
import { pressOf, withPress } from "./withPress.js";

/**
 * @typedef {import("./view.js").View} View
 * @typedef {import("../api/comments.js").WireThread} WireThread
 * @typedef {import("../api/comments.js").WireComment} WireComment
 */

const COARSE_MS = 30_000;
const MAX_TEXT = 10_000; // what the server keeps

/** @type {import("./view.js").Panel} */
export const comments = {
  inputs: ({ facts }) => [
    facts.sideTab === "comments",
    facts.talk,
    facts.project,
    facts.username,
    facts.keys.map,
    Math.floor(facts.now / COARSE_MS),
  ],
  template: (view) => {
    const { facts, deeds } = view;
    if (facts.sideTab !== "comments") return nothing;
    const { talk } = facts;
    const shown = shownThreads(talk);
    const resolved = talk.threads.filter((thread) => thread.resolved_at).length;
    return html`
      <div class="filters talk-tools">
        <button class="button small" type="button" title=${withPress(t("Comment on a place"), "comment", view)}
          @click=${() => deeds.run("comment")}>${icon("plus", "small")}${t("Comment")}</button>
        ${
          resolved > 0
            ? html`<button class="chip push" type="button" aria-pressed=${talk.withResolved}
              @click=${() => deeds.talk.show({ withResolved: !talk.withResolved })}>${t("Resolved")} <b>${resolved}</b></button>`
            : nothing
        }
      </div>
      ${talk.problem ? html`<p class="panel-empty bad-text" role="alert">${talk.problem}</p>` : nothing}
      <div class="talk-list" tabindex="-1">
        ${talk.draft ? draftCard(view) : nothing}
        ${repeat(
          shown,
          ({ thread }) => thread.id,
          ({ thread, number }) => threadCard(view, thread, number),
        )}
        ${shown.length === 0 && !talk.draft ? noComments(view) : nothing}
      </div>`;
  },
  after: (host, { facts }) => {
    const field = /** @type {HTMLTextAreaElement | null} */ (host.querySelector("[data-fresh]"));
    if (field && field.dataset.met !== facts.talk.draft?.uuid) {
      field.dataset.met = facts.talk.draft?.uuid ?? "";
      field.focus();
    }
  },
};

/** @param {View} view */
function noComments({ facts }) {
  return html`<p class="panel-empty">${withKey(t("No open comments. Point at a place and press {key} to ask or explain something there."), pressOf("comment", facts.keys.map))}</p>`;
}

/** @param {View} view */
function draftCard({ facts, deeds }) {
  const { draft, sending } = facts.talk;
  if (!draft) return nothing;
  const place = `${Math.floor(draft.x)}, ${Math.floor(draft.y)}`;
  return html`<form class="thread open"
    @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && deeds.talk.show({ draft: null })} @submit=${(/** @type {SubmitEvent} */ event) => deeds.talk.send(textOf(event))}>
    <p class="muted small">${t("At {place}", { place })}</p>
    ${field(t("What about this place?"), true, draft.text, (text) => deeds.talk.show({ draft: { ...draft, text } }))}
    <div class="row tight-row">
      <button class="button small primary" type="submit" ?disabled=${sending}>${t("Comment")}</button>
      <button class="button small quiet" type="button"
        @click=${() => deeds.talk.show({ draft: null })}>${t("Cancel")}</button>
    </div>
  </form>`;
}

/**
 * @param {View} view
 * @param {WireThread} thread
 * @param {number} number
 */
function threadCard(view, thread, number) {
  const { facts, deeds } = view;
  const isOpen = facts.talk.open === thread.id;
  const toggle = () => deeds.talk.open(isOpen ? null : thread.id);
  const answers = thread.replies.length;
  return html`<article class="thread ${isOpen ? "open" : ""} ${thread.resolved_at ? "resolved" : ""}">
    <button class="thread-head" type="button" aria-expanded=${isOpen} @click=${toggle}>
      <span class="pin-number">${number}</span>
      <span class="clip">${isOpen ? (thread.author ?? t("somebody")) : thread.text}</span>
      <span class="muted small">${isOpen ? since(thread.created_at, facts.now) : answers > 0 ? `+${answers}` : ""}</span>
    </button>
    ${isOpen ? threadBody(view, thread) : nothing}
  </article>`;
}

/**
 * @param {View} view
 * @param {WireThread} thread
 */
function threadBody(view, thread) {
  const { facts, deeds } = view;
  const isResolved = thread.resolved_at !== null;
  return html`
    ${words(view, thread)}
    ${thread.replies.map(
      (reply) => html`<div class="reply"><p class="small"><b>${reply.author ?? t("somebody")}</b>
        <span class="muted">${since(reply.created_at, facts.now)}</span></p>${words(view, reply)}</div>`,
    )}
    ${
      isResolved
        ? html`<p class="muted small">${t("Resolved by {name}.", { name: thread.resolved_by ?? t("somebody") })}</p>`
        : answerForm(view, thread)
    }
    <div class="row tight-row">
      <button class="button small" type="button" ?disabled=${facts.talk.sending}
        @click=${() => deeds.talk.revise(thread.id, { resolved: !isResolved })}>${icon("check", "small")}${isResolved ? t("Open again") : t("Resolve")}</button>
    </div>`;
}

/**
 * @param {View} view
 * @param {WireThread} thread
 */
function answerForm({ facts, deeds }, thread) {
  const begun = facts.talk.answers[thread.id];
  const uuid = begun?.uuid ?? newId();
  const answer = (/** @type {SubmitEvent} */ event) =>
    deeds.talk.answer(thread.id, textOf(event), uuid);
  const keep = (/** @type {string} */ text) => deeds.talk.keep(thread.id, { uuid, text });
  return html`<form class="answer" @submit=${answer}>${field(t("Answer"), false, begun?.text, keep)}
    <button class="button small" type="submit" ?disabled=${facts.talk.sending}>${t("Answer")}</button></form>`;
}

/**
 * The words of one comment; one's own can be changed or taken back.
 * @param {View} view
 * @param {WireComment} comment
 */
function words({ facts, deeds }, comment) {
  const isMine = comment.author === facts.username;
  const edit = facts.talk.edits[comment.id];
  const former = comment.text;
  if (edit)
    return html`<form class="answer" @submit=${(/** @type {SubmitEvent} */ event) => deeds.talk.revise(comment.id, { text: textOf(event) })}>
      ${field(t("Comment"), false, edit.text, (text) => deeds.talk.keepEdit(comment.id, { ...edit, text }))}
      <div class="row tight-row"><button class="button small primary" type="submit" ?disabled=${facts.talk.sending}>${t("Save")}</button>
      <button class="button small quiet" type="button" @click=${() => deeds.talk.keepEdit(comment.id, null)}>${t("Cancel")}</button></div></form>`;
  return html`<p class="said">${comment.text}${comment.edited_at ? html` <span class="muted small">${t("edited")}</span>` : nothing}</p>
    ${
      isMine || facts.project?.role === "lead"
        ? html`<p class="small said-deeds">${isMine ? html`<button class="link" type="button" @click=${() => deeds.talk.keepEdit(comment.id, { text: former, former })}>${t("Edit")}</button>` : nothing}
          <button class="link" type="button" @click=${() => deeds.talk.remove(comment.id)}>${t("Delete")}</button></p>`
        : nothing
    }`;
}

/**
 * @param {string} label
 * @param {boolean} isFresh takes the focus when it appears
 * @param {string} [text]
 * @param {(text: string) => void} [keep] called as it is written
 */
function field(label, isFresh, text = "", keep = () => {}) {
  const send = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    /** @type {HTMLTextAreaElement} */ (event.target).form?.requestSubmit();
  };
  return html`<textarea name="text" rows="2" required maxlength=${MAX_TEXT} aria-label=${label}
    placeholder=${t("{label}  Ctrl+Enter", { label })} ?data-fresh=${isFresh} @keydown=${send} .value=${text}
    @input=${(/** @type {Event} */ event) => keep(/** @type {HTMLTextAreaElement} */ (event.target).value)}></textarea>`;
}

/** @param {SubmitEvent} event */
function textOf(event) {
  event.preventDefault();
  const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
  return String(data.get("text") ?? "");
}
