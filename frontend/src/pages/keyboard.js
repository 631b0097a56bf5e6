/**
 * From key presses to commands: the tool in hand first, then the key map, then the letters of
 * tools.
 */

import { DEFAULT_MAP } from "../keys/defaultMap.js";
import { createDispatcher, isTextField, isWidgetKey } from "../keys/dispatcher.js";
import { letterOf } from "../keys/press.js";
import { hasSuggestions, medianScore } from "../panels/judgement.js";
import { activeLabels, digitsOf } from "../panels/labelDigits.js";
import { toolByHotkey } from "../tools/registry.js";
import { chooseLabel, pasteObjects, picked, STORE_COMMANDS } from "./commands.js";

/**
 * @typedef {import("./desk.js").Desk} Desk
 * @typedef {import("../types.js").MaskObject} MaskObject
 */

export class Keyboard {
  #desk;
  #parts;
  #dispatch;
  /** @type {readonly MaskObject[]} */
  #copied = [];
  #peeks = false;

  /**
   * @param {Desk} desk
   * @param {{board: import("./board.js").Board, outbox: import("../api/outbox/outbox.js").Outbox,
   *   toasts: import("../panels/toasts.js").Toasts, login: import("./loginDesk.js").LoginDesk,
   *   weigh: (threshold: number | null) => void}} parts weigh: show what a threshold of the score
   * would do
   */
  constructor(desk, parts) {
    this.#desk = desk;
    this.#parts = parts;
    this.#dispatch = createDispatcher(DEFAULT_MAP, (command) => this.run(command));
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
    const page = this.#pageCommands[command];
    if (page) return page() !== false;
    const { store } = this.#desk;
    if (!store) return false;
    if (command === "peek") this.#peeks = store.state.session.masksVisible;
    if (command.startsWith("label")) return this.#label(command.slice("label".length));
    return STORE_COMMANDS[command]?.(store) ?? false;
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
    copy: () => this.#copy(),
    paste: () => this.#paste(),
    keys: () => this.#parts.board.show({ dialog: "keys", search: "" }),
    palette: () => this.#parts.board.show({ dialog: "keys", search: "" }),
    findLabel: () => this.#parts.board.show({ sideOpen: true, labelSearch: "" }),
    judge: () => this.#judge(),
    tellSaved: () => this.#tellSaved(),
    sendNow: () => this.#sendNow(),
    toggleSide: () => this.#parts.board.show({ sideOpen: !this.#parts.board.facts.sideOpen }),
    toggleFilm: () => this.#parts.board.show({ filmOpen: !this.#parts.board.facts.filmOpen }),
  };

  /** @param {KeyboardEvent} event */
  #down(event) {
    if (event.defaultPrevented || this.#parts.board.facts.dialog !== "") return;
    if (this.#closesReview(event) || this.#offersToTool(event) || this.#dispatch(event)) return;
    if (event.key === "Escape") this.#desk.room?.release();
    else this.#takeTool(event);
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
    if (event.code === "Backslash") this.#endPeek();
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
    if (event.key === "Tab" && !room.hasFocus()) return false;
    return room.stage.handleKey(event);
  }

  /** @param {KeyboardEvent} event */
  #takeTool(event) {
    const { store } = this.#desk;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (!store || !isPlain || event.isComposing || isTextField(event.target)) return;
    const tool = toolByHotkey(letterOf(event));
    if (!tool || (tool.draws && this.#parts.board.facts.readOnly !== "")) return;
    event.preventDefault();
    store.update({ tool: tool.name });
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

  #copy() {
    const { store } = this.#desk;
    if (!store || store.state.session.selection.length === 0) return false;
    this.#copied = picked(store);
    return true;
  }

  #paste() {
    const { store } = this.#desk;
    if (!store || this.#copied.length === 0) return false;
    if (!pasteObjects(store, this.#copied))
      this.#parts.toasts.say("The copied object belongs to an image of another size.", "warn");
    return true;
  }

  #judge() {
    const { board, toasts, weigh } = this.#parts;
    const document = this.#desk.state?.document;
    if (board.facts.threshold !== null) weigh(null);
    else if (document && hasSuggestions(document)) weigh(medianScore(document));
    else toasts.say("There are no suggestions to review.");
  }

  #tellSaved() {
    const { outbox } = this.#parts.board.facts;
    if (outbox.unsent === 0)
      this.#parts.toasts.say("Everything is saved; every change is, at once.", "good");
    else this.#parts.board.show({ dialog: outbox.conflicts.length > 0 ? "conflict" : "unsent" });
  }

  #sendNow() {
    this.#parts.login.permit();
    this.#parts.outbox.wake();
  }
}
