/** Comment pins on the open image: loads them, and sends what people say. */

import { addComment, deleteComment, fetchThreads, reviseComment } from "../api/comments.js";
import { newId } from "../model/ids.js";
import { t } from "../texts.js";

/**
 * @typedef {import("../api/comments.js").WireThread} WireThread
 * @typedef {import("../panels/view.js").TalkFacts} TalkFacts
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("./desk.js").DeskParts} DeskParts
 */

/** @type {TalkFacts} */
export const NO_TALK = {
  threads: [],
  problem: "",
  open: null,
  draft: null,
  answers: {},
  edits: {},
  sending: false,
  withResolved: false,
};

export class TalkDesk {
  #desk;
  #parts;
  /** Words that were begun on images that were left: they are there on the way back. */
  /** @type {Map<number, NonNullable<TalkFacts["draft"]>>} */
  #drafts = new Map();
  #isStale = false; // the last loading failed, and its problem is shown

  /**
   * @param {Desk} desk
   * @param {Pick<DeskParts, "client" | "board" | "toasts">} parts
   */
  constructor(desk, parts) {
    this.#desk = desk;
    this.#parts = parts;
    parts.board.subscribe((facts, former) => {
      if (facts.image?.id === former.image?.id) return;
      const { draft: left, answers, edits, withResolved } = former.talk;
      if (former.image && left?.text) this.#drafts.set(former.image.id, left);
      const draft = this.#drafts.get(facts.image?.id ?? 0) ?? null;
      this.#drafts.delete(facts.image?.id ?? 0);
      parts.board.show({ talk: { ...NO_TALK, draft, answers, edits, withResolved } });
      if (facts.image) void this.reload();
    });
  }

  async reload() {
    const image = this.#image;
    if (!image) return;
    try {
      const threads = await fetchThreads(this.#parts.client, image.id);
      if (this.#image?.id !== image.id) return;
      this.#show(this.#isStale ? { threads, problem: "" } : { threads });
      this.#isStale = false;
    } catch (error) {
      this.#isStale = true;
      if (this.#image?.id === image.id) this.#show({ problem: wordsOf(error) });
    }
  }

  /** Begin a thread under the pointer, or in the middle of what is seen. */
  pin() {
    const state = this.#desk.state;
    const may = this.#parts.board.facts.project?.can.includes("comment");
    if (!state || !may) return false;
    const { pointer, view, stage } = state.session;
    const { width, height } = state.document.image;
    const middle = {
      x: (stage.width / 2 - view.x) / view.scale,
      y: (stage.height / 2 - view.y) / view.scale,
    };
    const at = pointer ?? middle;
    const begun = this.#begun; // its words move to the new place
    const draft = {
      uuid: begun?.uuid ?? newId(),
      text: begun?.text ?? "",
      x: Math.min(Math.max(at.x, 0), width),
      y: Math.min(Math.max(at.y, 0), height),
    };
    this.#parts.board.show({ sideOpen: true, sideTab: "comments" });
    this.#show({ draft, open: null, problem: "" });
    return true;
  }

  /** @param {string} text */
  async send(text) {
    const { draft } = this.#talk;
    if (!draft) return;
    const { uuid, x, y } = draft;
    const image = this.#image?.id ?? 0;
    const made = await this.#say({ uuid, x, y, text });
    if (!made) return;
    if (this.#drafts.get(image)?.uuid === uuid) this.#drafts.delete(image); // one had gone on
    if (this.#talk.draft?.uuid === uuid) this.#show({ draft: null, open: made.id });
  }

  /**
   * @param {number} thread
   * @param {string} text
   * @param {string} uuid made when the answer was begun: a second try is no second answer
   */
  async answer(thread, text, uuid) {
    if (await this.#say({ uuid, thread, text })) this.keep(thread, null);
  }

  /**
   * An answer as it is being written, which stays until it is sent.
   * @param {number} thread
   * @param {{uuid: string, text: string} | null} answer
   */
  keep(thread, answer) {
    const { [thread]: _, ...others } = this.#talk.answers;
    this.#show({ answers: answer ? { ...others, [thread]: answer } : others });
  }

  /**
   * One's own comment as it is being changed, until that is saved.
   * @param {number} comment
   * @param {{text: string, former: string} | null} edit
   */
  keepEdit(comment, edit) {
    const { [comment]: _, ...others } = this.#talk.edits;
    this.#show({ edits: edit ? { ...others, [comment]: edit } : others });
  }

  /**
   * @param {number} comment
   * @param {{text?: string, resolved?: boolean}} changes
   */
  async revise(comment, changes) {
    const isChanged = await this.#change(() => reviseComment(this.#parts.client, comment, changes));
    if (isChanged && changes.text !== undefined) this.keepEdit(comment, null);
    if (changes.resolved && !this.#talk.withResolved) this.#show({ open: null });
  }

  /** @param {number} comment */
  async remove(comment) {
    const isGone = await this.#change(() => deleteComment(this.#parts.client, comment));
    if (isGone) this.keepEdit(comment, null);
  }

  /** @param {number | null} id unfolded in the panel; the picture moves to it */
  open(id) {
    this.#show({ open: id, draft: this.#begun, problem: "" });
    const thread = this.#talk.threads.find((one) => one.id === id);
    const { store } = this.#desk;
    if (!thread || !store) return;
    this.#parts.board.show({ sideOpen: true, sideTab: "comments" });
    const { view, stage } = store.state.session;
    const [x, y] = [thread.x * view.scale + view.x, thread.y * view.scale + view.y];
    const isSeen = x > 0 && y > 0 && x < stage.width && y < stage.height;
    if (isSeen) return;
    const centred = {
      ...view,
      x: stage.width / 2 - thread.x * view.scale,
      y: stage.height / 2 - thread.y * view.scale,
    };
    store.update({ view: centred });
  }

  /** @param {Partial<TalkFacts>} facts */
  show(facts) {
    this.#show(facts);
  }

  /** Whether something is written here that nobody but this page knows. */
  get hasUnsent() {
    const { answers, edits } = this.#talk;
    return (
      this.#begun !== null ||
      this.#drafts.size > 0 ||
      Object.values(answers).some(({ text }) => text.trim() !== "") ||
      Object.values(edits).some(({ text, former }) => text !== former)
    );
  }

  get #image() {
    return this.#parts.board.facts.image;
  }

  /** A pin of which something is written. */
  get #begun() {
    const { draft } = this.#talk;
    return draft?.text ? draft : null;
  }

  get #talk() {
    return this.#parts.board.facts.talk;
  }

  /** @param {Partial<TalkFacts>} facts */
  #show(facts) {
    this.#parts.board.show({ talk: { ...this.#talk, ...facts } });
  }

  /**
   * @param {{uuid: string, text: string, x?: number, y?: number, thread?: number}} comment
   * @returns {Promise<WireThread | null>} null: not sent, the words stay in their field
   */
  async #say(comment) {
    const image = this.#image;
    if (!image || this.#talk.sending) return null;
    this.#show({ sending: true, problem: "" });
    try {
      const thread = await addComment(this.#parts.client, image.id, comment);
      const others = this.#talk.threads.filter(({ id }) => id !== thread.id);
      const threads = [...others, thread].sort((a, b) => a.id - b.id);
      if (this.#image?.id === image.id) this.#show({ threads });
      return thread;
    } catch (error) {
      this.#show({ problem: t("Not sent: {why}", { why: wordsOf(error) }) });
      return null;
    } finally {
      this.#show({ sending: false });
    }
  }

  /**
   * @param {() => Promise<void>} change
   * @returns {Promise<boolean>} false: it failed, which is told
   */
  async #change(change) {
    this.#show({ sending: true, problem: "" });
    try {
      await change();
      await this.reload();
      return true;
    } catch (error) {
      this.#show({ problem: wordsOf(error) });
      return false;
    } finally {
      this.#show({ sending: false });
    }
  }
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
