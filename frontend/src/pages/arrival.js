/**
 * What an image's room is built from, all of one moment: what the server lists, what is unsent over
 * it, and the steps that led there.
 */

import { NO_PAST } from "./undoShelf.js";

/**
 * @typedef {import("../api/outbox/outbox.js").Outbox} Outbox
 * @typedef {import("./imageLoader.js").ImageLoader} ImageLoader
 * @typedef {import("./imageLoader.js").ImageParts} ImageParts
 * @typedef {import("./undoShelf.js").Past} Past
 * @typedef {import("./undoShelf.js").UndoShelf} UndoShelf
 */

/**
 * @typedef {Object} Arrival
 * @property {ImageParts} parts
 * @property {boolean} isWriter
 * @property {readonly string[]} backwards ids of objects that the server once showed newer
 * @property {Past} past
 */

/**
 * @typedef {Object} Visit
 * @property {boolean} isWriter false: another tab wrote the image when it was asked for
 * @property {() => boolean} isWanted false once the person has gone on
 * @property {(arrival: Arrival) => void} enter called at once when all is known: an answer that comes
 *   one turn later may change what is unsent
 */

/**
 * What is acknowledged while the rest still loads is neither in the list nor unsent any more; the
 * list is then asked for anew.
 * @param {number} id
 * @param {{loader: ImageLoader, outbox: Outbox, shelf: UndoShelf}} sources
 * @param {Visit} visit
 * @returns {Promise<boolean>} false: it is not wanted any more
 */
export async function arrive(id, { loader, outbox, shelf }, { isWriter, isWanted, enter }) {
  for (;;) {
    const parts = await loader.load(id);
    if (!isWanted()) return false;
    if (parts.saves !== outbox.saves(id)) continue;
    const revisions = new Map(parts.annotations.map((one) => [one.id, one.revision]));
    const backwards = await outbox.wentBackwards(id, revisions);
    const past = isWriter ? await shelf.find(id, parts.annotations) : NO_PAST;
    if (!isWanted()) return false;
    if (parts.saves !== outbox.saves(id)) continue;
    // Another tab may have taken it meanwhile; there was no room yet to be told.
    if (isWriter && outbox.writes(id)) enter({ parts, backwards, past, isWriter: true });
    else enter({ parts, backwards, past: NO_PAST, isWriter: false });
    return true;
  }
}
