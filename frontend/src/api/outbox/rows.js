/**
 * One row per unsent change, and the rules by which rows of one object meet. Pure.
 *
 * A row that was ever sent keeps its content for ever: the server may have stored it under its
 * change_id
 * although no answer came back, and would answer a repeat with that first outcome. Only a row that
 * never left
 * takes later edits into itself; otherwise they wait in a row behind it.
 */

import { sumEffort } from "../../model/effort.js";
import { isRecord } from "../client.js";

/**
 * @typedef {import("../wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../wire.js").WireBody} WireBody
 */

const ROW_BYTES = 500; // a change without its mask

/** @typedef {{code: string, detail: string, status: number}} RowProblem */

/**
 * @typedef {Object} OutboxRow
 * @property {number} seq order of making within the image
 * @property {string} change_id
 * @property {number} image
 * @property {string} id UUID of the object
 * @property {"put" | "delete"} op
 * @property {number | null} base_revision what the person saw; a row behind another gets it from
 *   that one's ack
 * @property {WireBody | null} body null for a delete
 * @property {import("../../model/effort.js").Effort} [effort] what it cost
 * @property {import("../../types.js").Cause} [cause] of the newest edit in it
 * @property {boolean} attempted may have reached the server
 * @property {"waiting" | "conflict" | "failed"} state
 * @property {RowProblem | null} problem why it stands
 * @property {WireAnnotation | null} current what the server holds instead, in a conflict
 * @property {number} at milliseconds since 1970
 */

/** @typedef {Pick<OutboxRow, "id" | "op" | "base_revision" | "body" | "effort" | "cause">} Edit */
/** @typedef {{put: readonly OutboxRow[], remove: readonly number[]}} RowChanges */

/**
 * Whether a row that was kept can be sent. Another version of this page may have written it.
 * @param {unknown} row
 * @returns {row is OutboxRow}
 */
export function isRow(row) {
  return (
    isRecord(row) &&
    Number.isInteger(row.seq) &&
    typeof row.change_id === "string" &&
    typeof row.id === "string" &&
    (row.op === "delete" || (row.op === "put" && isRecord(row.body)))
  );
}

/**
 * What an edit does to the rows of its object.
 * @param {readonly OutboxRow[]} rows of the same object, oldest first
 * @param {Edit} edit
 * @param {{image: number, change_id: string, seq: number, at: number}} facts for a new row
 * @returns {RowChanges}
 */
export function addEdit(rows, edit, facts) {
  const last = rows.at(-1);
  if (!last || isFixed(last)) return { put: [newRow(edit, facts)], remove: [] };
  if (last.state === "conflict") {
    const { op, body, cause } = edit;
    return { put: [withEffortOf({ ...last, op, body, cause, at: facts.at }, [edit])], remove: [] };
  }
  const isFirst = rows.length === 1;
  const neverBorn = isFirst && last.base_revision === null && edit.op === "delete";
  if (neverBorn) return { put: [], remove: [last.seq] };
  return { put: [revived(last, edit, facts)], remove: [] };
}

/**
 * In the server's hands, or may be: its content must stay.
 * @param {OutboxRow} row
 */
function isFixed(row) {
  return row.attempted && row.state === "waiting";
}

/**
 * @param {Edit} edit
 * @param {{image: number, change_id: string, seq: number, at: number}} facts
 * @returns {OutboxRow}
 */
function newRow(edit, facts) {
  return { ...facts, ...edit, attempted: false, state: "waiting", problem: null, current: null };
}

/**
 * The waiting or refused row with newer content. A refused one goes out again under a new
 * change_id.
 * @param {OutboxRow} row
 * @param {Edit} edit
 * @param {{change_id: string, at: number}} facts
 * @returns {OutboxRow}
 */
function revived(row, edit, { change_id, at }) {
  const renewed = {
    ...row,
    op: edit.op,
    body: edit.body,
    cause: edit.cause,
    at,
    change_id: row.attempted ? change_id : row.change_id,
    attempted: false,
    state: /** @type {const} */ ("waiting"),
    problem: null,
  };
  return withEffortOf(renewed, [edit]);
}

/**
 * The row, having cost also what others did that it stands for.
 * @param {OutboxRow} row
 * @param {readonly Pick<OutboxRow, "effort">[]} others
 * @returns {OutboxRow}
 */
function withEffortOf(row, others) {
  const effort = others.reduce((sum, other) => sumEffort(sum, other.effort), row.effort);
  return effort ? { ...row, effort } : row;
}

/**
 * The first row is acknowledged: it goes, and the next one stands on the new revision.
 * @param {readonly OutboxRow[]} rows of the same object, oldest first
 * @param {number | null} revision null: the server holds no such object now
 * @returns {RowChanges}
 */
export function acknowledge(rows, revision) {
  const [done, next] = rows;
  if (!done) return { put: [], remove: [] };
  return { put: next ? [{ ...next, base_revision: revision }] : [], remove: [done.seq] };
}

/**
 * The first row is refused for good. A newer edit behind it takes its place: the person has moved
 * on.
 * @param {readonly OutboxRow[]} rows of the same object, oldest first
 * @param {RowProblem} problem
 * @returns {RowChanges}
 */
export function refuse(rows, problem) {
  const [first, next] = rows;
  if (!first) return { put: [], remove: [] };
  if (!next) return { put: [{ ...first, state: "failed", problem }], remove: [] };
  const moved = withEffortOf({ ...next, base_revision: first.base_revision }, [first]);
  return { put: [moved], remove: [first.seq] };
}

/**
 * The server no longer holds the object. What a person made of it goes out again as a new one; a
 * deletion has nothing left to do.
 * @param {readonly OutboxRow[]} rows of the same object, oldest first
 * @param {RowProblem} problem
 * @param {string} change_id
 * @returns {RowChanges}
 */
export function outlive(rows, problem, change_id) {
  const [first] = rows;
  if (first?.op === "delete") return acknowledge(rows, null);
  if (!first || first.base_revision === null) return refuse(rows, problem); // it was a new one
  const anew = { ...first, change_id, base_revision: null, attempted: false };
  return { put: [anew], remove: [] };
}

/**
 * What is to be sent now: the first row of each object, unless it stands.
 * @param {readonly OutboxRow[]} rows of one image, oldest first
 * @returns {OutboxRow[]}
 */
export function sendable(rows) {
  /** @type {Set<string>} */
  const seen = new Set();
  return rows.filter((row) => {
    if (seen.has(row.id)) return false;
    seen.add(row.id);
    return row.state === "waiting";
  });
}

/**
 * As many as fit into a request, the first one in any case.
 * @param {readonly OutboxRow[]} rows
 * @param {number} most bytes
 */
export function upToBytes(rows, most) {
  let bytes = 0;
  const beyond = rows.findIndex((row, index) => {
    bytes += (row.body?.segmentation.counts.length ?? 0) + ROW_BYTES;
    return index > 0 && bytes > most;
  });
  return beyond === -1 ? rows : rows.slice(0, beyond);
}

/**
 * The state that the person left each object in, by id: null is deleted.
 * @param {readonly OutboxRow[]} rows of one image, oldest first
 * @returns {ReadonlyMap<string, WireBody | null>}
 */
export function overlay(rows) {
  return new Map(rows.map((row) => [row.id, row.op === "put" ? row.body : null]));
}

/**
 * The conflict ends with the person's own state, to be written over `current`.
 * @param {readonly OutboxRow[]} rows of the object, oldest first
 * @param {string} change_id
 * @returns {RowChanges}
 */
export function insistOnMine(rows, change_id) {
  const first = rows[0];
  const newest = rows.at(-1);
  if (!first || !newest) return { put: [], remove: [] };
  const row = {
    ...newest,
    seq: first.seq,
    change_id,
    base_revision: first.current?.revision ?? null,
    attempted: false,
    state: /** @type {const} */ ("waiting"),
    problem: null,
    current: null,
  };
  const remove = rows.slice(1).map((other) => other.seq);
  return { put: [withEffortOf(row, rows.slice(0, -1))], remove };
}

/**
 * The conflict ends with one object that holds what both did.
 * @param {readonly OutboxRow[]} rows of the object, oldest first
 * @param {string} change_id
 * @param {WireBody} body
 * @returns {RowChanges}
 */
export function writeMerged(rows, change_id, body) {
  const { put, remove } = insistOnMine(rows, change_id);
  return { put: put.map((row) => ({ ...row, op: "put", body })), remove };
}

/**
 * The conflict ends with both: the person's state becomes an object of its own.
 * @param {readonly OutboxRow[]} rows of the object, oldest first
 * @param {{id: string, change_id: string}} names for the new object
 * @returns {RowChanges}
 */
export function keepBoth(rows, { id, change_id }) {
  const { put, remove } = insistOnMine(rows, change_id);
  return { put: put.map((row) => ({ ...row, id, base_revision: null })), remove };
}

/**
 * Whether the server already holds what the row wants, so that there is nothing to quarrel about.
 * @param {OutboxRow} row
 * @param {WireAnnotation} current
 */
export function agrees(row, current) {
  if (row.op === "delete") return current.state === "deleted";
  const { body } = row;
  if (!body) return false;
  return (
    body.state === current.state &&
    body.label === current.label &&
    body.z === current.z &&
    body.iscrowd === current.iscrowd &&
    body.segmentation.counts === current.segmentation.counts &&
    JSON.stringify(body.attributes) === JSON.stringify(current.attributes)
  );
}
