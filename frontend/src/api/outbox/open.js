/** Puts an outbox together from what this browser has to offer, and says what it lacks. */

import { newId } from "../../model/ids.js";
import { hasWebLocks, noLocks, rowLocks, webLocks } from "./locks.js";
import { Outbox } from "./outbox.js";
import { databaseStorage, memoryStorage, openDatabase } from "./storage.js";

/**
 * @typedef {import("../client.js").Client} Client
 */

/**
 * @param {Client} client
 * @param {string} scope data folder and user: two servers on one address must not send each
 *   other's changes
 * @returns {Promise<Outbox>}
 */
export async function openOutbox(client, scope) {
  const send = async (/** @type {number} */ image, /** @type {readonly unknown[]} */ json) =>
    (await client.send("POST", `images/${image}/changes/`, { json })).data;
  try {
    const database = await openDatabase(`maskwright:${scope}`);
    const locks = hasWebLocks()
      ? webLocks(navigator.locks, `maskwright:${scope}`)
      : rowLocks(database, { owner: newId() });
    return new Outbox({ storage: databaseStorage(database), locks, send, newId });
  } catch (error) {
    const storageProblem = error instanceof Error ? error.message : String(error);
    const locks = hasWebLocks() ? webLocks(navigator.locks, `maskwright:${scope}`) : noLocks();
    return new Outbox({ storage: memoryStorage(), locks, send, newId, storageProblem });
  }
}
