/** Prepares and carries out what a person decides about an object that somebody else changed. */

import { mergeConflict, versionsOf } from "../api/outbox/merge.js";
import { bodyFromObject, objectFromWire } from "../api/wire.js";
import { t } from "../texts.js";

/**
 * @typedef {import("../api/outbox/lane.js").Choice} Choice
 * @typedef {import("../panels/view.js").OutboxRow} OutboxRow
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").DeskParts} DeskParts
 */

/**
 * Both versions in one, as soon as the conflict is looked at. Without an answer of the server the
 * other ways out stay.
 * @param {Pick<DeskParts, "client" | "board" | "toasts">} parts
 */
export function prepareMerges({ client, board, toasts }) {
  let asked = "";
  board.subscribe(({ dialog, outbox, merged }) => {
    const row = dialog === "conflict" ? outbox.conflicts[0] : undefined;
    const wanted = row ? versionsOf(row) : "";
    if (!row || wanted === asked) return;
    asked = wanted;
    if (merged) queueMicrotask(() => board.show({ merged: null }));
    mergeConflict(client, row).then(
      (made) => wanted === asked && board.show({ merged: made }),
      (error) =>
        toasts.say(
          t("Not merged: {why}", { why: error instanceof Error ? error.message : String(error) }),
          "warn",
        ),
    );
  });
}

/**
 * @param {Desk} desk
 * @param {Pick<DeskParts, "outbox" | "board">} parts
 * @param {OutboxRow} row
 * @param {Choice} choice
 */
export function resolveConflict({ room }, { outbox, board }, row, choice) {
  const here = room?.image.id === row.image ? room : null;
  const mine = here?.store.state.document.objects.get(row.id) ?? null;
  const own = outbox.resolve(row, choice);
  if (here && row.current) {
    if (choice === "theirs" || choice === "both") here.adopt(row.current);
    else here.store.acknowledge(row.id, row.current.revision);
  }
  if (here && choice === "both" && own && mine)
    here.place(objectFromWire({ ...bodyFromObject(mine), id: own }));
  if (here && typeof choice === "object") here.place(objectFromWire({ ...choice, id: row.id }));
  if (outbox.status().conflicts.length === 0) board.show({ dialog: "" });
}
