/**
 * From key presses to commands: the tool in hand first, then the key map, then the letters of
 * tools.
 */

import { createDispatcher, isTextField, isWidgetKey } from "../keys/dispatcher.js";
import { factsOf, heardByTools } from "../keys/toolKeys.js";
import { hasSuggestions, medianScore } from "../panels/judgement.js";
import { activeLabels, digitsOf } from "../panels/labelDigits.js";
import { t } from "../texts.js";
import { toolByName } from "../tools/registry.js";
import { Clipboard } from "./clipboard.js";
import { chooseLabel, STORE_COMMANDS } from "./commands.js";
import { SHAPE_COMMANDS } from "./shapeCommands.js";
import { VOID_COMMANDS } from "./voidCommands.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 */

const TOOL = "tool:";

export class Keyboard {
  #desk;
  #parts;
  #dispatch;
  #clipboard;
  #peeks = false;
  #peekCode = ""; // of the key that is held meanwhile

  /**
   * @param {Desk} desk
   * @param {{board: import("./board.js").Board, outbox: import("../api/outbox/outbox.js").Outbox,
   *   toasts: import("../panels/toasts.js").Toasts, login: import("./loginDesk.js").LoginDesk,
   *   weigh: (threshold: number | null) => void, comment: () => boolean, diff: () => void,
   *   ran: (command: string) => void}} parts weigh: show what a
   *   threshold of the score would do; comment: begin one where the pointer is
   */
  constructor(desk, parts) {
    this.#desk = desk;
    this.#parts = parts;
    this.#clipboard = new Clipboard((...said) => parts.toasts.say(...said));
    this.#dispatch = this.#dispatcher();
    parts.board.subscribe((facts, former) => {
      if (facts.keys.map !== former.keys.map) this.#dispatch = this.#dispatcher();
    });
  }

  #dispatcher() {
    const { map } = this.#parts.board.facts.keys;
    return createDispatcher(map, (command) => this.run(command));
  }

  attach() {
    document.addEventListener("keydown", (event) => this.#down(event));
    document.addEventListener("keyup", (event) => this.#up(event));
    addEventListener("blur", () => this.#endPeek());
  }

  /**
   * @param {string} command
   * @returns {boolean} false: nothing to do, the key stays the browser's
   */
  run(command) {
    this.#parts.ran(command);
    const page = this.#pageCommands[command];
    if (page) return page() !== false;
    const { store } = this.#desk;
    if (!store) return false;
    if (command === "peek") this.#peeks = store.state.session.masksVisible;
    if (command.startsWith(TOOL)) return this.#take(command.slice(TOOL.length));
    if (command.startsWith("label")) return this.#label(command.slice("label".length));
    return STORE_COMMANDS[command]?.(store) ?? this.#shape(command);
  }

  /**
   * Chosen by its words: as by its key, the tool hears of it first. What is held has no key then,
   * and is switched.
   * @param {string} command
   */
  runAsKey(command) {
    if (command === "peek") return this.run("toggleMasks");
    const { map } = this.#parts.board.facts.keys;
    const gives = map.find((binding) => binding.command === command)?.gives;
    const isHeard = gives !== undefined && this.#desk.room?.stage.hear(factsOf(gives));
    return isHeard || this.run(command);
  }

  /** @param {string} command */
  #shape(command) {
    const { room } = this.#desk;
    const run = SHAPE_COMMANDS[command] ?? VOID_COMMANDS[command];
    if (!room || !run) return false;
    const { toasts } = this.#parts;
    return run({ store: room.store, pixels: room.pixels, say: (...said) => toasts.say(...said) });
  }

  /** False: nothing to do. @type {Readonly<Record<string, () => unknown>>} */
  #pageCommands = {
    nextImage: () => void this.#desk.step("next"),
    previousImage: () => void this.#desk.step("previous"),
    submit: () => void this.#desk.submit(),
    skip: () => void this.#desk.skip(),
    reopen: () => void this.#desk.reopen(),
    reload: () => location.reload(),
    retryOpen: () => void this.#desk.retry(),
    undo: () => void this.#desk.room?.stage.undo(),
    redo: () => void this.#desk.room?.stage.redo(),
    copy: () => !isTextPicked() && this.#withStore((store) => this.#clipboard.copy(store)),
    paste: () => this.#withStore((store) => this.#clipboard.paste(store)),
    duplicate: () => this.#withStore((store) => this.#clipboard.duplicate(store)),
    copyToNext: () =>
      this.#withStore((store) => this.#clipboard.copyToNext(store, () => this.#next())),
    keys: () => this.#parts.board.show({ dialog: "keys", search: "" }),
    palette: () => this.#parts.board.show({ dialog: "palette", search: "", picked: 0 }),
    findLabel: () => this.#parts.board.show({ sideOpen: true, labelSearch: "" }),
    judge: () => this.#judge(),
    comment: () => this.#parts.comment(),
    diff: () => this.#parts.diff(),
    keyCursor: () => this.#desk.room?.toggleKeyCursor() ?? false,
    tellSaved: () => this.#tellSaved(),
    sendNow: () => this.#sendNow(),
    adjust: () => this.#toggleView(),
    toggleSide: () => this.#parts.board.show({ sideOpen: !this.#parts.board.facts.sideOpen }),
    toggleFilm: () => this.#parts.board.show({ filmOpen: !this.#parts.board.facts.filmOpen }),
  };

  /** @param {KeyboardEvent} event */
  #down(event) {
    if (event.defaultPrevented || this.#parts.board.facts.dialog !== "") return;
    const peeked = this.#peeks;
    if (this.#closesReview(event) || this.#offersToTool(event) || this.#dispatch(event)) {
      if (this.#peeks && !peeked) this.#peekCode = event.code;
      return;
    }
    if (event.key === "Escape") this.#desk.room?.release();
  }

  /** @param {KeyboardEvent} event */
  #closesReview(event) {
    const { board } = this.#parts;
    if (event.key !== "Escape" || board.facts.threshold === null || isTextField(event.target))
      return false;
    this.#judge();
    return true;
  }

  /** @param {KeyboardEvent} event */
  #up(event) {
    if (event.code === this.#peekCode) this.#endPeek();
    this.#desk.room?.stage.handleKeyUp(event);
  }

  /**
   * Tab is the tool's only while the canvas has the focus, or the page could not be left by keys.
   * @param {KeyboardEvent} event
   */
  #offersToTool(event) {
    const { room } = this.#desk;
    if (
      !room ||
      event.isComposing ||
      isTextField(event.target) ||
      isWidgetKey(event.target, event.key)
    )
      return false;
    const heard = heardByTools(this.#parts.board.facts.keys.map, event);
    if (!heard || (event.key === "Tab" && !room.hasFocus())) return false;
    return room.stage.handleKey(event, heard);
  }

  /** @param {string} name */
  #take(name) {
    const tool = toolByName(name);
    if (!tool || (tool.draws && this.#parts.board.facts.readOnly !== "")) return false;
    this.#desk.store?.update({ tool: name });
    return true;
  }

  /** @param {string} digit */
  #label(digit) {
    const { store } = this.#desk;
    if (!store) return false;
    const labels = activeLabels(store.state.document.labels);
    const found = [...digitsOf(labels)].find(([, key]) => key === digit);
    return found ? chooseLabel(store, found[0]) : false;
  }

  #endPeek() {
    if (this.#peeks) this.#desk.store?.update({ masksVisible: true });
    this.#peeks = false;
  }

  /** @param {(store: import("../model/store.js").EditorStore) => boolean} act */
  #withStore(act) {
    const { store } = this.#desk;
    return store ? act(store) : false;
  }

  /** The next image's store once it is open, null where there is no next one. */
  async #next() {
    const before = this.#desk.store;
    await this.#desk.step("next");
    return this.#desk.store === before ? null : this.#desk.store;
  }

  #judge() {
    const { board, toasts, weigh } = this.#parts;
    const document = this.#desk.state?.document;
    if (board.facts.threshold !== null) weigh(null);
    else if (document && hasSuggestions(document)) weigh(medianScore(document));
    else toasts.say(t("There are no suggestions to review."));
  }

  #toggleView() {
    const { board } = this.#parts;
    board.show({ viewOpen: !board.facts.viewOpen });
    if (!board.facts.viewOpen) this.#desk.room?.focus();
  }

  #tellSaved() {
    const { outbox } = this.#parts.board.facts;
    if (outbox.unsent === 0)
      this.#parts.toasts.say(t("Everything is saved; every change is, at once."), "good");
    else this.#parts.board.show({ dialog: outbox.conflicts.length > 0 ? "conflict" : "unsent" });
  }

  #sendNow() {
    this.#parts.login.permit();
    this.#parts.outbox.wake();
  }
}

/** Words marked on the page are what a person means to copy. */
function isTextPicked() {
  return getSelection()?.isCollapsed === false;
}
