/** Where pictures are dropped, and how each of them fares. */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { t, tn } from "../texts.js";
import { icon } from "./icon.js";

/** @typedef {"waiting" | "sending" | "stored" | "duplicate" | "refused"} UploadState */

/**
 * @typedef {Object} Upload
 * @property {number} id
 * @property {string} name with its folder
 * @property {File} file
 * @property {UploadState} state
 * @property {number} share sent, 0..1
 * @property {string} why it was refused
 * @property {number | null} image its id once stored
 */

/**
 * @typedef {Object} UploadView
 * @property {readonly Upload[]} uploads
 * @property {Readonly<Record<UploadState, number>>} counts
 * @property {string} next address to go on to, or ""
 * @property {(transfer: DataTransfer) => void} drop
 * @property {(files: FileList) => void} pick
 * @property {(id: number) => void} retry
 * @property {() => void} retryAll
 */

const SHOWN = 500; // rows; more are counted, not listed

/** @type {Readonly<Record<string, string>>} */
const STATE_WORDS = {
  waiting: t("waiting"),
  sending: t("sending"),
  stored: t("stored"),
  duplicate: t("already in this project"),
  refused: t("refused"),
};
/** @type {Readonly<Record<string, string>>} */
const STATE_CLASSES = {
  waiting: "queued",
  sending: "running",
  stored: "done",
  duplicate: "done",
  refused: "failed",
};

/**
 * @param {HTMLElement} host
 * @param {UploadView} view
 */
export function drawUploadRoom(host, view) {
  render(room(view), host);
}

/** @param {UploadView} view */
function room(view) {
  const { uploads } = view;
  const lines = repeat(
    uploads.slice(0, SHOWN),
    ({ id }) => id,
    (upload) => line(upload, view.retry),
  );
  const list = html`
    <div class="table-wrap upload-list"><table class="table"><tbody>${lines}</tbody></table></div>`;
  return html`<div class="stack">
    ${dropPlace(view)} ${uploads.length > 0 ? [summary(view), list] : nothing}
  </div>`;
}

/** @param {UploadView} view */
function dropPlace(view) {
  /** @param {DragEvent} event @param {boolean} isOver */
  const hover = (event, isOver) => {
    event.preventDefault();
    /** @type {Element} */ (event.currentTarget).classList.toggle("over", isOver);
  };
  const enter = (/** @type {DragEvent} */ event) => hover(event, true);
  const leave = (/** @type {DragEvent} */ event) => hover(event, false);
  const drop = (/** @type {DragEvent} */ event) => {
    hover(event, false);
    if (event.dataTransfer) view.drop(event.dataTransfer);
  };
  return html`<div class="drop" @dragenter=${enter} @dragover=${enter} @dragleave=${leave}
    @drop=${drop}>
    ${icon("upload")}
    <h2>${t("Drop pictures or folders here")}</h2>
    <p>${t("JPEG, PNG or WebP. The same picture twice is stored once.")}</p>
    <div class="row">
      <label class="button primary">${t("Choose files")}
        <input class="visually-hidden" type="file" multiple accept="image/jpeg,image/png,image/webp"
          @change=${(/** @type {Event} */ event) => takeFiles(event, view)}></label>
      <label class="button">${t("Choose a folder")}
        <input class="visually-hidden" type="file" multiple webkitdirectory
          @change=${(/** @type {Event} */ event) => takeFiles(event, view)}></label>
    </div>
  </div>`;
}

/**
 * @param {Event} event
 * @param {UploadView} view
 */
function takeFiles(event, view) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.files) view.pick(input.files);
  input.value = ""; // or the same file could not be picked again
}

/** @param {UploadView} view */
function summary({ uploads, counts, next, retryAll }) {
  const { stored, duplicate, refused, waiting, sending } = counts;
  const isDone = waiting + sending === 0;
  const shares = uploads.map(({ share, state }) => (state === "refused" ? 1 : share));
  const sum = shares.reduce((so_far, share) => so_far + share, 0);
  return html`<div class="stack tight" role="status">
    <progress class="bar ${isDone ? "good" : ""}" max=${uploads.length} .value=${sum}></progress>
    <div class="spread">
      <span class="num">${tn("{stored} of {count} picture stored", "{stored} of {count} pictures stored", uploads.length, { stored })}${duplicate ? t(", {duplicate} already here", { duplicate }) : ""}${
        refused
          ? html`, <span class="bad-text">${t("{refused} refused", { refused })}</span>`
          : nothing
      }</span>
      <span class="row">
        ${
          refused
            ? html`<button class="button small" type="button"
          @click=${retryAll}>${t("Retry the refused")}</button>`
            : nothing
        }
        ${
          isDone && next && stored + duplicate > 0
            ? html`<a class="button small primary"
          href=${next}>${t("Go on")}</a>`
            : nothing
        }
      </span>
    </div>
  </div>`;
}

/**
 * @param {Upload} upload
 * @param {(id: number) => void} retry
 */
function line({ id, name, state, share, why, image }, retry) {
  const words = image === null ? name : html`<a href="/images/${image}/">${name}</a>`;
  const progress =
    state === "sending"
      ? html`<progress class="bar upload-bar" max="1" .value=${share}></progress>`
      : html`<span class="state ${STATE_CLASSES[state]}">${STATE_WORDS[state]}</span>`;
  return html`<tr>
    <td class="clip">${words}${why ? html`<div class="bad-text small">${why}</div>` : nothing}</td>
    <td class="tight">${progress}</td>
    <td class="tight">${
      state === "refused"
        ? html`<button class="button small" type="button" @click=${() => retry(id)}>${t("Retry")}</button>`
        : nothing
    }</td>
  </tr>`;
}
