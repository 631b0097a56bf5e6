/**
 * The upload room: drop files and folders, or pick them. Stands in an element with data-upload,
 * data-project-id and, to go on with, data-next (an address).
 */

import { clientOfPage } from "../api/pageClient.js";
import { uploadImage } from "../api/uploads.js";
import { drawUploadRoom } from "../panels/uploadRoom.js";
import { filesOfDrop, filesOfPicker } from "./droppedFiles.js";
import { UploadQueue } from "./uploadQueue.js";

/** @param {HTMLElement} host */
export function openUpload(host) {
  const client = clientOfPage(host.ownerDocument);
  const project = Number(host.dataset.projectId);
  let isAsked = false;
  const draw = () => {
    isAsked = false;
    drawUploadRoom(host, viewOf(queue, host.dataset.next ?? ""));
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
 * @returns {import("../panels/uploadRoom.js").UploadView}
 */
function viewOf(queue, next) {
  return {
    uploads: queue.uploads,
    counts: queue.counts(),
    next,
    drop: (transfer) => void filesOfDrop(transfer).then((files) => queue.add(files)),
    pick: (files) => queue.add(filesOfPicker(files)),
    retry: (id) => queue.retry(id),
    retryAll: () => queue.retryAll(),
  };
}
