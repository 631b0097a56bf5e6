/**
 * The unsent changes of one image and their way to the server: one request at a time, in order,
 * each object's
 * next change only after the one before it was acknowledged. A lane without its lock does not write,
 * and sends only what the disk lacks.
 */

import { ApiProblem } from "../client.js";
import { Delays } from "./delays.js";
import { DiskCopy } from "./diskCopy.js";
import * as rules from "./rows.js";
import { judgeFailure, judgeOutcome } from "./verdicts.js";

/**
 * @typedef {import("./rows.js").OutboxRow} OutboxRow
 * @typedef {import("./rows.js").Edit} Edit
 * @typedef {import("./rows.js").RowChanges} RowChanges
 * @typedef {import("./rows.js").RowProblem} RowProblem
 * @typedef {import("./storage.js").Storage} Storage
 */
/**
 * How a conflict ends; both: as two objects; a body: as one that holds what both did.
 * @typedef {"mine" | "theirs" | "both" | import("../wire.js").WireBody} Choice
 */

const MAX_BATCH = 200;
const MAX_BYTES = 4_000_000; // half of what the server takes
/** Of these a single row is never the cause: the image is closed, gone or not ours. */
const WHOLE_IMAGE = new Set([403, 404, 409, 410]);

/**
 * @typedef {Object} LanePorts
 * @property {Storage} storage
 * @property {(image: number, json: readonly unknown[]) => Promise<unknown>} send POST
 *   .../changes/, the outcomes
 * @property {() => string} newId
 * @property {() => number} now
 * @property {(tries: number) => number} backoff_ms
 * @property {(event: LaneEvent) => void} tell
 */

/**
 * @typedef {{kind: "saved", image: number, id: string, revision: number}
 *   | {kind: "stored", error: Error | null}
 *   | {kind: "changed"}} LaneEvent
 */

export class Lane {
  /** @type {OutboxRow[]} */
  rows = [];
  /** @type {readonly unknown[]} kept by another version of this page; they stay where they are */
  unreadable = [];
  /** @type {RowProblem | null} why the last request did not get through */
  problem = null;
  isDetached = false; // without its lock
  #ports;
  #open = true;
  #sending = false;
  #limit = MAX_BATCH;
  #tries = 0;
  #notBefore = 0;
  #paused = false;
  #parting = false;
  #lastSeq = 0;
  #delays;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #disk;

  /**
   * @param {number} image
   * @param {LanePorts} ports
   */
  constructor(image, ports) {
    this.image = image;
    this.#ports = ports;
    this.#delays = new Delays(ports.backoff_ms);
    this.#disk = new DiskCopy(image, ports, () => this.rows);
  }

  /** Take over what an earlier page left. The lock must be held. */
  async load() {
    const found = await this.#disk.read();
    const kept = found ?? [];
    this.rows = kept.filter(rules.isRow);
    this.unreadable = kept.filter((row) => !rules.isRow(row));
    // What cannot be read may lie there still: newer rows go beyond it.
    this.#lastSeq = found ? Math.max(0, ...found.map(({ seq }) => seq)) : this.#ports.now();
    this.#ports.tell({ kind: "changed" });
    this.wake();
  }

  /**
   * Another tab has the lock now, and what lies on the disk. Objects of which it lacks something are
   * known here alone: they are sent from here still.
   */
  async detach() {
    if (!this.#open || this.isDetached) return;
    this.isDetached = true;
    this.#parting = true;
    this.#disk.stop();
    await this.#disk.settled();
    const lacking = new Set(this.rows.filter((row) => this.#disk.lacks(row)).map(({ id }) => id));
    this.rows = this.rows.filter(({ id }) => lacking.has(id));
    this.#parting = false;
    this.#ports.tell({ kind: "changed" });
    this.#schedule(0);
  }

  /** Another tab has the lock now, and the rows with it. */
  close() {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#disk.stop();
    this.rows = [];
    this.#ports.tell({ kind: "changed" });
  }

  /**
   * @param {readonly Edit[]} edits
   * @returns {Promise<void>} they are on disk, or storage has failed and that was told
   */
  record(edits) {
    for (const edit of edits) {
      const facts = {
        image: this.image,
        change_id: this.#ports.newId(),
        seq: this.#lastSeq + 1,
        at: this.#ports.now(),
      };
      const changes = rules.addEdit(this.#rowsOf(edit.id), edit, facts);
      if (changes.put.some((row) => row.seq === facts.seq)) this.#lastSeq = facts.seq;
      this.#apply(changes);
    }
    this.#paused = false;
    this.#schedule(0);
    return this.#disk.settled();
  }

  /** Try at once: the network is back, a person asked, or the page is looked at again. */
  wake() {
    this.#notBefore = 0;
    this.#delays.clear();
    this.#paused = false;
    this.#schedule(0);
  }

  /** The disk has lost everything: write all of it again. */
  keepAll() {
    this.#disk.writeAll();
  }

  /** @returns {Promise<void>} resolved when all that was asked of storage is done */
  settled() {
    return this.#disk.settled();
  }

  /** @param {number} seq a refused change, to be tried again as it is */
  retry(seq) {
    const row = this.rows.find((one) => one.seq === seq);
    if (row?.state !== "failed") return;
    const fresh = {
      ...row,
      state: /** @type {const} */ ("waiting"),
      problem: null,
      attempted: false,
    };
    this.#apply({ put: [{ ...fresh, change_id: this.#ports.newId() }], remove: [] });
    this.wake();
  }

  /** @param {string} id object whose changes a person gives up */
  discard(id) {
    this.#apply({ put: [], remove: this.#rowsOf(id).map((row) => row.seq) });
  }

  /**
   * @param {string} id
   * @param {Choice} choice
   * @returns {string | null} id under which the person's own state lives on
   */
  resolve(id, choice) {
    const rows = this.#rowsOf(id);
    if (rows[0]?.state !== "conflict") return null;
    if (choice === "theirs") {
      this.discard(id);
      return null;
    }
    const change_id = this.#ports.newId();
    const own = choice === "both" ? this.#ports.newId() : id;
    if (choice === "both") this.#apply(rules.keepBoth(rows, { id: own, change_id }));
    else if (choice === "mine") this.#apply(rules.insistOnMine(rows, change_id));
    else this.#apply(rules.writeMerged(rows, change_id, choice));
    this.wake();
    return own;
  }

  /** @param {string} id */
  #rowsOf(id) {
    return this.rows.filter((row) => row.id === id);
  }

  /** @param {RowChanges} changes in memory at once, on disk in order */
  #apply(changes) {
    const replaced = new Map(changes.put.map((row) => [row.seq, row]));
    const gone = new Set([...changes.remove, ...replaced.keys()]);
    this.rows = [...this.rows.filter((row) => !gone.has(row.seq)), ...changes.put];
    this.rows.sort((a, b) => a.seq - b.seq);
    this.#disk.write(changes);
    this.#ports.tell({ kind: "changed" });
  }

  /** @param {number} wait_ms */
  #schedule(wait_ms) {
    clearTimeout(this.#timer);
    if (this.#open) this.#timer = setTimeout(() => void this.#pump(), wait_ms);
  }

  async #pump() {
    if (this.#sending || this.#paused || this.#parting || !this.#open) return;
    const now = this.#ports.now();
    if (this.#notBefore > now) return this.#schedule(this.#notBefore - now);
    const batch = this.#batch(now);
    if (batch.length === 0) {
      const wait_ms = this.#delays.wait_ms(rules.sendable(this.rows), now);
      return wait_ms === null ? undefined : this.#schedule(wait_ms);
    }
    this.#sending = true;
    try {
      await this.#sendBatch(batch);
    } finally {
      this.#sending = false;
    }
    this.#ports.tell({ kind: "changed" });
    this.#schedule(Math.max(0, this.#notBefore - this.#ports.now()));
  }

  /**
   * Rows that failed alone go last and alone, so that they drag no others with them.
   * @param {number} now
   */
  #batch(now) {
    const ready = rules.sendable(this.rows).filter((row) => this.#delays.of(row).notBefore <= now);
    const fresh = ready.filter((row) => this.#delays.of(row).tries === 0);
    if (fresh.length === 0) return ready.slice(0, 1);
    return rules.upToBytes(fresh.slice(0, this.#limit), MAX_BYTES);
  }

  /** @param {readonly OutboxRow[]} batch */
  async #sendBatch(batch) {
    const { isDetached } = this;
    const isCurrent = () => this.#open && isDetached === this.isDetached;
    const noted = batch.map((row) => ({ ...row, attempted: true }));
    if (batch.some((row) => !row.attempted)) this.#apply({ put: noted, remove: [] });
    await this.#disk.settled();
    if (!isCurrent()) return; // the disk does not say that it left: another tab may add to the same row
    const sent = isDetached ? this.#renamed(noted) : noted;
    try {
      const outcomes = await this.#ports.send(this.image, sent.map(wireChange));
      if (isCurrent()) this.#readOutcomes(sent, outcomes);
    } catch (error) {
      if (isCurrent()) this.#readFailure(sent, error);
    }
  }

  /**
   * Another tab may send what the disk knows under the old name, with an older content. Under a new
   * one nothing is taken for the other, and what the server has already agrees with it.
   * @param {readonly OutboxRow[]} rows
   */
  #renamed(rows) {
    return rows.map((row) => ({ ...row, change_id: this.#ports.newId() }));
  }

  /**
   * @param {readonly OutboxRow[]} sent
   * @param {unknown} outcomes
   */
  #readOutcomes(sent, outcomes) {
    const list = Array.isArray(outcomes) ? outcomes : [];
    const byChange = new Map(list.map((one) => [one?.change_id, one]));
    const before = this.rows.length;
    for (const row of sent) this.#settle(row, judgeOutcome(byChange.get(row.change_id), row.body));
    const progressed = this.rows.length < before;
    if (progressed) this.#tries = 0;
    else this.#notBefore = this.#ports.now() + this.#stumble(null);
    this.problem = this.#firstDelay();
    this.#limit = Math.min(MAX_BATCH, this.#limit * 2);
  }

  #firstDelay() {
    return this.rows.find((row) => row.state === "waiting" && row.problem)?.problem ?? null;
  }

  /**
   * @param {OutboxRow} row
   * @param {import("./verdicts.js").Verdict} verdict
   */
  #settle(row, verdict) {
    const rows = this.#rowsOf(row.id);
    if (verdict.kind === "saved") return this.#saved(rows, verdict.revision);
    if (verdict.kind === "conflict") {
      if (rules.agrees(row, verdict.current)) return this.#saved(rows, verdict.current.revision);
      const { current, problem } = verdict;
      return this.#apply({ put: [{ ...row, state: "conflict", current, problem }], remove: [] });
    }
    if (verdict.kind === "gone")
      return this.#apply(rules.outlive(rows, verdict.problem, this.#ports.newId()));
    if (verdict.kind === "refused") return this.#apply(rules.refuse(rows, verdict.problem));
    this.#delay(row, verdict.problem);
  }

  /**
   * @param {readonly OutboxRow[]} rows
   * @param {number} revision
   */
  #saved(rows, revision) {
    const id = rows[0]?.id;
    this.#apply(rules.acknowledge(rows, revision));
    if (id) this.#ports.tell({ kind: "saved", image: this.image, id, revision });
  }

  /**
   * @param {OutboxRow} row
   * @param {RowProblem} problem
   */
  #delay(row, problem) {
    this.#delays.add(row, this.#ports.now());
    this.#apply({ put: [{ ...row, problem }], remove: [] });
  }

  /**
   * @param {readonly OutboxRow[]} sent
   * @param {unknown} error
   */
  #readFailure(sent, error) {
    const { kind, problem, wait_s } = judgeFailure(error);
    this.problem = problem;
    const [only] = sent;
    if (kind === "login") {
      this.#paused = true;
    } else if (kind === "refused") {
      this.#refuseRequest(sent, error, problem);
    } else {
      const splits = kind === "split" && sent.length > 1;
      if (splits) {
        this.#limit = Math.ceil(sent.length / 2);
        this.#tries = 0; // the halves are new tries
      } else if (kind === "split" && only) {
        this.#delay(only, problem);
      }
      this.#notBefore = this.#ports.now() + this.#stumble(wait_s);
    }
  }

  /**
   * @param {readonly OutboxRow[]} sent
   * @param {unknown} error
   * @param {RowProblem} problem
   */
  #refuseRequest(sent, error, problem) {
    if (sent.length > 1 && !WHOLE_IMAGE.has(problem.status)) {
      this.#limit = Math.ceil(sent.length / 2);
      return;
    }
    const body = error instanceof ApiProblem ? error.body : {};
    for (const row of sent)
      this.#settle(row, judgeOutcome({ status: problem.status, problem: { ...problem, ...body } }));
  }

  /** @param {number | null} wait_s what the server asked for */
  #stumble(wait_s) {
    this.#tries += 1;
    return wait_s === null ? this.#ports.backoff_ms(this.#tries) : wait_s * 1000;
  }
}

/** @param {OutboxRow} row */
export function wireChange({ op, id, change_id, base_revision, body, effort, cause }) {
  const told = { ...(effort && { effort }), ...(cause && { cause }) };
  return { op, id, change_id, base_revision, ...body, ...told };
}
