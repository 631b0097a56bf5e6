/**
 * The upload room: drop files and folders, or pick them. Stands in an element with data-upload,
 * data-project-id and, to go on with, data-next (an address).
 */

import { repeat } from "../../vendor/lit-html/directives/repeat.js";
import { html, nothing, render } from "../../vendor/lit-html/lit-html.js";
import { createClient, readCookie } from "../api/client.js";
import { uploadImage } from "../api/uploads.js";
import { icon } from "../panels/icon.js";
import { counted } from "../panels/wording.js";
import { filesOfDrop, filesOfPicker } from "./droppedFiles.js";
import { UploadQueue } from "./uploadQueue.js";

/** @typedef {import("./uploadQueue.js").Upload} Upload */

const SHOWN = 500; // rows; more are counted, not listed

/** @type {Readonly<Record<string, string>>} */
const STATE_WORDS = {
  waiting: "waiting",
  sending: "sending",
  stored: "stored",
  duplicate: "already in this project",
  refused: "refused",
};
/** @type {Readonly<Record<string, string>>} */
const STATE_CLASSES = {
  waiting: "queued",
  sending: "running",
  stored: "done",
  duplicate: "done",
  refused: "failed",
};

/** @param {HTMLElement} host */
export function openUpload(host) {
  const page = host.ownerDocument;
  const cookie = page.querySelector('meta[name="csrf-cookie"]')?.getAttribute("content") ?? "";
  const client = createClient({
    base: "/api/v1/",
    csrfToken: () => readCookie(page.cookie, cookie),
  });
  const project = Number(host.dataset.projectId);
  let isAsked = false;
  const draw = () => {
    isAsked = false;
    render(room(queue, host.dataset.next ?? ""), host);
  };
  const ask = () => {
    if (!isAsked) queueMicrotask(draw);
    isAsked = true;
  };
  const queue = new UploadQueue(
    (file, name, onProgress) => uploadImage(client, project, file, { name, onProgress }),
    ask,
  );
  draw();
  globalThis.addEventListener("beforeunload", (event) => {
    const { waiting, sending } = queue.counts();
    if (waiting + sending > 0) event.preventDefault();
  });
}

/**
 * @param {UploadQueue} queue
 * @param {string} next
 */
function room(queue, next) {
  const { uploads } = queue;
  return html`<div class="stack">
    ${dropPlace(queue)}
    ${uploads.length > 0 ? summary(queue, next) : nothing}
    ${
      uploads.length > 0
        ? html`<div class="table-wrap upload-list"><table class="table"><tbody>
      ${repeat(
        uploads.slice(0, SHOWN),
        ({ id }) => id,
        (upload) => line(queue, upload),
      )}</tbody></table></div>`
        : nothing
    }
  </div>`;
}

/** @param {UploadQueue} queue */
function dropPlace(queue) {
  const over = (/** @type {DragEvent} */ event, /** @type {boolean} */ isOver) => {
    event.preventDefault();
    /** @type {Element} */ (event.currentTarget).classList.toggle("over", isOver);
  };
  const drop = async (/** @type {DragEvent} */ event) => {
    over(event, false);
    if (event.dataTransfer) queue.add(await filesOfDrop(event.dataTransfer));
  };
  const pick = (/** @type {Event} */ event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    queue.add(filesOfPicker(input.files ?? []));
    input.value = "";
  };
  return html`<div class="drop" @dragenter=${(/** @type {DragEvent} */ event) => over(event, true)} @dragover=${(/** @type {DragEvent} */ event) => over(event, true)}
    @dragleave=${(/** @type {DragEvent} */ event) => over(event, false)} @drop=${drop}>
    ${icon("upload")}
    <h2>Drop pictures or folders here</h2>
    <p>JPEG, PNG or WebP. The same picture twice is stored once.</p>
    <div class="row">
      <label class="button primary">Choose files<input class="visually-hidden" type="file" accept="image/jpeg,image/png,image/webp" multiple @change=${pick}></label>
      <label class="button">Choose a folder<input class="visually-hidden" type="file" webkitdirectory multiple @change=${pick}></label>
    </div>
  </div>`;
}

/**
 * @param {UploadQueue} queue
 * @param {string} next
 */
function summary(queue, next) {
  const { stored, duplicate, refused, waiting, sending } = queue.counts();
  const sum = queue.uploads.length;
  const isDone = waiting + sending === 0;
  return html`<div class="stack tight" role="status">
    <progress class="bar ${isDone ? "good" : ""}" max=${sum} .value=${queue.uploads.reduce((so_far, { share, state }) => so_far + (state === "refused" ? 1 : share), 0)}></progress>
    <div class="spread"><span class="num">${stored} of ${counted(sum, "picture")} stored${duplicate ? `, ${duplicate} already here` : ""}${refused ? html`, <span class="bad-text">${refused} refused</span>` : nothing}</span>
      <span class="row">
        ${refused > 0 ? html`<button class="button small" type="button" @click=${() => queue.retryAll()}>Retry the refused</button>` : nothing}
        ${isDone && next && stored + duplicate > 0 ? html`<a class="button small primary" href=${next}>Go on</a>` : nothing}
      </span></div>
  </div>`;
}

/**
 * @param {UploadQueue} queue
 * @param {Upload} upload
 */
function line(queue, upload) {
  const { id, name, state, share, why, image } = upload;
  return html`<tr>
    <td class="clip">${image === null ? name : html`<a href="/images/${image}/">${name}</a>`}${why ? html`<div class="bad-text small">${why}</div>` : nothing}</td>
    <td class="tight">${state === "sending" ? html`<progress class="bar upload-bar" max="1" .value=${share}></progress>` : html`<span class="state ${STATE_CLASSES[state]}">${STATE_WORDS[state]}</span>`}</td>
    <td class="tight">${state === "refused" ? html`<button class="button small" type="button" @click=${() => queue.retry(id)}>Retry</button>` : nothing}</td>
  </tr>`;
}
