/**
 * The store: one document with its history, one session, and the revisions the server has
 * acknowledged. Listeners get every new state; change listeners get what the outbox has to send.
 *
 * Revisions are no part of the document: an undo after a save must be sent on top of the newest
 * revision, not of the one that was current when the document was made.
 */
import { midSentence, t } from "../texts.js";
import { createDocument, diff } from "./document.js";
import { record, redo, startHistory, undo, weave } from "./history.js";
import { AS_IT_IS } from "./pictureLook.js";

/** @typedef {import("../types.js").Action} Action */
/** @typedef {import("../types.js").ChangeSet} ChangeSet */
/** @typedef {import("../types.js").EditorDocument} EditorDocument */
/** @typedef {import("../types.js").EditorState} EditorState */
/** @typedef {import("../types.js").Origin} Origin */
/** @typedef {import("../types.js").Session} Session */
/** @typedef {import("./history.js").History} History */
/** @typedef {(state: EditorState, previous: EditorState) => void} Listener */

/** @type {Session} */
const FIRST_SESSION = {
  tool: "select",
  drawingTool: "smart",
  selection: [],
  hover: null,
  refines: null,
  label: null,
  view: { scale: 1, x: 0, y: 0 },
  stage: { width: 0, height: 0 },
  pointer: null,
  keyCursor: null,
  overlay: [],
  marks: [],
  diff: null,
  status: "",
  busy: false,
  brushSize: 24,
  brushShape: "disc",
  swapped: false,
  masksVisible: true,
  outlineOnly: false,
  opacity: 0.4,
  hidden: new Set(),
  locked: new Set(),
  wheel: "auto",
  overlap: "protect",
  picture: AS_IT_IS,
  gridShown: true,
  minimapShown: true,
  rulersShown: false,
  heat: false,
  heatSignal: "score",
  patterns: false,
  voidShown: false,
  options: Object.freeze({}),
};

export class EditorStore {
  /** @type {History} */
  #history;
  /** @type {EditorState} */
  #state;
  /** @type {Map<string, number>} */
  #revisions;
  /** @type {Set<Listener>} */
  #listeners = new Set();
  /** @type {Set<(changes: ChangeSet) => void>} */
  #changeListeners = new Set();

  /**
   * @param {{document: EditorDocument, history?: History,
   *   revisions?: Iterable<readonly [string, number]>, session?: Partial<Session>}} parts
   *   history: that led to the document; revisions: of every object the server knows, also deleted
   *   ones
   */
  constructor({ document, history, revisions = [], session = {} }) {
    this.#history = history ?? startHistory(document);
    this.#revisions = new Map(revisions);
    this.#state = describeState(this.#history, Object.freeze({ ...FIRST_SESSION, ...session }));
  }

  /** @returns {EditorState} a frozen value; ask again after a change */
  get state() {
    return this.#state;
  }

  /** @returns {History} a value; another one after each step */
  get history() {
    return this.#history;
  }

  /**
   * Apply an action. Local ones become one undo step and are announced to be sent; remote ones
   * (the server's word) are woven into the history and cannot be undone here.
   * @param {Action} action
   * @param {{origin?: Origin}} [options]
   * @returns {boolean} whether anything changed
   */
  dispatch(action, { origin = "local" } = {}) {
    const step = origin === "remote" ? weave : record;
    const { words, cause } = action;
    return this.#advance(step(this.#history, action), { words, cause, origin });
  }

  /** @returns {boolean} whether there was a step to take back */
  undo() {
    const words = t("Undo {what}", { what: midSentence(this.#state.undoWords) });
    return this.#advance(undo(this.#history), { words, origin: "local", step: "undo" });
  }

  /** @returns {boolean} whether there was a step to do again */
  redo() {
    const words = t("Redo {what}", { what: midSentence(this.#state.redoWords) });
    return this.#advance(redo(this.#history), { words, origin: "local", step: "redo" });
  }

  /**
   * Change the session: tool, selection, view, overlay and the like.
   * @param {Partial<Session>} parts
   */
  update(parts) {
    const session = this.#state.session;
    const differs = Object.entries(parts).some(
      ([name, value]) => session[/** @type {keyof Session} */ (name)] !== value,
    );
    if (!differs) return;
    this.#announce(describeState(this.#history, Object.freeze({ ...session, ...parts })));
  }

  /**
   * The newest revision of an object that the server is known to hold: the base of the next write.
   * Null means that it was never saved. A deleted object keeps its tombstone's revision.
   * @param {string} id
   * @returns {number | null}
   */
  revisionOf(id) {
    return this.#revisions.get(id) ?? null;
  }

  /**
   * Note a revision that the server has confirmed. Never goes backwards, but to the first one: then
   * the server had lost the object and counts anew.
   * @param {string} id
   * @param {number} revision
   */
  acknowledge(id, revision) {
    const known = this.#revisions.get(id) ?? revision;
    this.#revisions.set(id, revision === 1 ? revision : Math.max(revision, known));
  }

  /**
   * @param {Listener} listener called after every change with the new and the former state
   * @returns {() => void} stop listening
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Listen to one value taken out of the state; equal by identity means no call.
   * @template T
   * @param {(state: EditorState) => T} pick
   * @param {(value: T, former: T) => void} listener
   * @returns {() => void} stop listening
   */
  watch(pick, listener) {
    return this.subscribe((state, previous) => {
      const value = pick(state);
      const former = pick(previous);
      if (value !== former) listener(value, former);
    });
  }

  /**
   * @param {(changes: ChangeSet) => void} listener called once a step that changed objects, local
   *   and remote; an outbox sends the local ones
   * @returns {() => void} stop listening
   */
  onChanges(listener) {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /**
   * @param {History} history
   * @param {Pick<ChangeSet, "words" | "origin" | "cause" | "step">} facts
   */
  #advance(history, facts) {
    if (history === this.#history) return false;
    const changes = diff(this.#history.present, history.present);
    this.#history = history;
    this.#announce(describeState(history, withoutLost(this.#state.session, history.present)));
    if (changes.length) this.#announceChanges({ ...facts, changes, document: history.present });
    return true;
  }

  /** @param {EditorState} state */
  #announce(state) {
    const previous = this.#state;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state, previous);
  }

  /** @param {ChangeSet} changes */
  #announceChanges(changes) {
    for (const listener of [...this.#changeListeners]) listener(Object.freeze(changes));
  }
}

/**
 * A store of an image without objects, to be filled by actions or given whole.
 * @param {Parameters<typeof createDocument>[0]} parts
 * @param {Iterable<readonly [string, number]>} [revisions]
 * @returns {EditorStore}
 */
export function createStore(parts, revisions = []) {
  return new EditorStore({ document: createDocument(parts), revisions });
}

/**
 * @param {History} history
 * @param {Session} session
 * @returns {EditorState}
 */
function describeState(history, session) {
  const last = history.past.at(-1);
  const next = history.future.at(-1);
  return Object.freeze({
    document: history.present,
    session,
    canUndo: last !== undefined,
    canRedo: next !== undefined,
    undoWords: last?.words ?? "",
    redoWords: next?.words ?? "",
  });
}

/**
 * The session without ids of objects that are gone.
 * @param {Session} session
 * @param {EditorDocument} document
 * @returns {Session}
 */
function withoutLost(session, document) {
  const isThere = (/** @type {string} */ id) => document.objects.has(id);
  const hoverLost = session.hover !== null && !isThere(session.hover);
  if (session.selection.every(isThere) && !hoverLost) return session;
  return Object.freeze({
    ...session,
    selection: session.selection.filter(isThere),
    hover: hoverLost ? null : session.hover,
  });
}
