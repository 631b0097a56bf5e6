/**
 * One row per unsent change, and the rules by which rows of one object meet. Pure.
 *
 * A row that was ever sent keeps its content for ever: the server may have stored it under its
 * change_id
 * although no answer came back, and would answer a repeat with that first outcome. Only a row that
 * never left
 * takes later edits into itself; otherwise they wait in a row behind it.
 */

/**
 * @typedef {import("../wire.js").WireAnnotation} WireAnnotation
 * @typedef {import("../wire.js").WireBody} WireBody
 */

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
 * @property {boolean} attempted may have reached the server
 * @property {"waiting" | "conflict" | "failed"} state
 * @property {RowProblem | null} problem why it stands
 * @property {WireAnnotation | null} current what the server holds instead, in a conflict
 * @property {number} at milliseconds since 1970
 */

/** @typedef {Pick<OutboxRow, "id" | "op" | "base_revision" | "body">} Edit */
/** @typedef {{put: readonly OutboxRow[], remove: readonly number[]}} RowChanges */

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
  if (last.state === "conflict")
    return { put: [{ ...last, op: edit.op, body: edit.body, at: facts.at }], remove: [] };
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
  return {
    ...row,
    op: edit.op,
    body: edit.body,
    at,
    change_id: row.attempted ? change_id : row.change_id,
    attempted: false,
    state: "waiting",
    problem: null,
  };
}

/**
 * The first row is acknowledged: it goes, and the next one stands on the new revision.
 * @param {readonly OutboxRow[]} rows of the same object, oldest first
 * @param {number} revision
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
  return { put: [{ ...next, base_revision: first.base_revision }], remove: [first.seq] };
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
  return { put: [row], remove: rows.slice(1).map((other) => other.seq) };
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
