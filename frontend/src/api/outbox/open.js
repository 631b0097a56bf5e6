/** Puts an outbox together from what this browser has to offer, and says what it lacks. */

import { newId } from "../../model/ids.js";
import { tabHandOver } from "./handOver.js";
import { hasWebLocks, noLocks, rowLocks, webLocks } from "./locks.js";
import { Outbox } from "./outbox.js";
import { databaseStorage, memoryStorage, openConnection } from "./storage.js";

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
  const handOver = tabHandOver(`maskwright:${scope}`);
  try {
    const connection = await openConnection(`maskwright:${scope}`);
    const locks = hasWebLocks()
      ? webLocks(navigator.locks, `maskwright:${scope}`)
      : rowLocks(connection, { owner: newId() });
    return new Outbox({ storage: databaseStorage(connection), locks, handOver, send, newId });
  } catch (error) {
    const storageProblem = error instanceof Error ? error.message : String(error);
    const locks = hasWebLocks() ? webLocks(navigator.locks, `maskwright:${scope}`) : noLocks();
    return new Outbox({ storage: memoryStorage(), locks, handOver, send, newId, storageProblem });
  }
}
