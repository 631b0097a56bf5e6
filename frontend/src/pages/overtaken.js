/**
 * An answer that comes late, after a reload, says that a change was saved; somebody else may have
 * been at the object since. Then their state is shown, unless the person has drawn on: what they
 * drew is based on their own revision, and the server answers with a conflict.
 */

import { fetchAnnotations } from "../api/images.js";
import { t } from "../texts.js";
import { wordsOf } from "./trouble.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").DeskParts} DeskParts
 * @typedef {import("./imageRoom.js").ImageRoom} ImageRoom
 */

const PAUSE_MS = 200;

/**
 * @param {Pick<Desk, "room">} desk
 * @param {Pick<DeskParts, "client" | "outbox" | "toasts">} parts
 */
export function watchOvertaken(desk, { client, outbox, toasts }) {
  outbox.onSaved(async (image, id, revision) => {
    const { room } = desk;
    if (room?.image.id !== image || !room.isOvertaken(id, revision)) return;
    try {
      const annotations = await fetchAnnotations(client, image);
      while (desk.room === room && room.isInHand(id)) await pause();
      if (desk.room === room) show(room, { id, revision }, annotations, toasts);
    } catch (error) {
      const why = wordsOf(error);
      toasts.say(t("Reload the page to see the server's state: {why}", { why }), "warn");
    }
  });
}

/**
 * @param {ImageRoom} room
 * @param {{id: string, revision: number}} saved
 * @param {readonly import("../api/wire.js").WireAnnotation[]} annotations
 * @param {DeskParts["toasts"]} toasts
 */
function show(room, { id, revision }, annotations, toasts) {
  const { store } = room;
  const newer = annotations.find((one) => one.id === id);
  const isNews = newer ? newer.revision > revision : store.state.document.objects.has(id);
  const isSame = store.revisionOf(id) === revision; // since the answer nothing more was saved
  if (!isNews || !isSame || !room.restore(id, annotations)) return;
  const words = newer
    ? t("An object was changed elsewhere after you: its newest state is shown.")
    : t("An object that you changed has been deleted elsewhere.");
  toasts.say(words, "warn");
}

/** @returns {Promise<void>} */
function pause() {
  return new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS);
  });
}
