/**
 * The stage: the one place where pointers, the wheel and the tools' keys meet the tool in hand.
 *
 *   const stage = attachStage(canvas.element, store, { predict, notify });
 *   // in the page's one keydown listener, before the page's own keys:
 *   if (stage.handleKey(event)) return;      // true: it was the tool's; default is prevented
 *   // in keyup:  stage.handleKeyUp(event);
 *   // for Ctrl+Z / Ctrl+Shift+Z and buttons:  stage.undo(); stage.redo();
 *
 * handleKey takes Space (pan), Escape (the thing in hand, the selection, the tool) and what the
 * tool in hand understands: Enter, N, Backspace, Tab, arrows, brackets. While the keyboard cursor
 * is on and the element has the focus, arrows, Space and Enter are its. All other keys (letters
 * of tools, digits, Delete, zoom) are the page's. A tool is changed by store.update({ tool: name }).
 */
import { KeyCursor } from "./keyCursor.js";
import { pan } from "./pan.js";
import { Pointers } from "./pointers.js";
import { toolByName } from "./registry.js";
import { keySample } from "./samples.js";
import { attachWheel } from "./wheel.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/** @typedef {{count: (what: import("../model/effort.js").Counted) => void}} Effort */
/** @typedef {import("../types.js").KeyFacts} KeyFacts */
/**
 * @typedef {Object} Stage
 * @property {(event: KeyboardEvent, heard?: KeyFacts) => boolean} handleKey
 * @property {(press: KeyFacts) => boolean} hear a press that no key was pressed for
 * @property {(event: KeyboardEvent) => boolean} handleKeyUp
 * @property {() => boolean} undo the thing half made first, then the document
 * @property {() => boolean} redo
 * @property {boolean} isActive a gesture is under way
 * @property {() => void} toggleKeyCursor
 * @property {() => void} detach
 */

/**
 * @param {HTMLElement} element that lies over the canvas and can have the focus
 * @param {EditorStore} store
 * @param {import("../types.js").Services} services
 * @param {Effort} [effort] hears what a person does
 * @returns {Stage}
 */
export function attachStage(element, store, services, effort = { count: () => {} }) {
  return new StageHand(element, store, services, effort);
}

/** @implements {Stage} */
class StageHand {
  #element;
  #store;
  #context;
  #effort;
  #pointers;
  #keyCursor;
  #hasFocus = false;
  /** @type {ToolHand} */
  #hand = {};
  /** @type {ToolHand} */
  #panHand;
  #spaceHeld = false;
  /** @type {string | null} */
  #cursor = null;
  /** @type {(() => void)[]} */
  #endings;

  /**
   * @param {HTMLElement} element
   * @param {EditorStore} store
   * @param {import("../types.js").Services} services
   * @param {Effort} effort
   */
  constructor(element, store, services, effort) {
    this.#element = element;
    this.#store = store;
    this.#effort = effort;
    /** @type {ToolContext} */
    this.#context = {
      store,
      services,
      describe: (shapes, status = "") => store.update({ overlay: shapes, status }),
      cursor: (name) => this.#point(name),
    };
    this.#panHand = pan.take(this.#context);
    element.style.touchAction = "none";
    element.tabIndex = 0;
    this.#pointers = new Pointers(element, store, {
      hand: () => this.#hand,
      panHand: () => this.#panHand,
      pans: () => this.#spaceHeld,
      undo: () => this.undo(),
      redo: () => this.redo(),
      made: (gesture) => store.state.session.tool !== pan.name && effort.count(gesture),
    });
    this.#keyCursor = new KeyCursor(store, this.#pointers);
    const listening = new AbortController();
    const { signal } = listening;
    element.addEventListener("focus", () => this.#focus(true), { signal });
    element.addEventListener("blur", () => this.#focus(false), { signal });
    this.#endings = [
      attachWheel(element, store, () => this.#hand),
      store.watch(
        (state) => state.session.tool,
        (name) => this.#take(name),
      ),
      () => listening.abort(),
    ];
    this.#take(store.state.session.tool);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {KeyFacts} [heard] the press that it stands for
   */
  handleKey(event, heard = event) {
    const taken = this.hear(heard, event.repeat);
    if (taken) event.preventDefault();
    return taken;
  }

  /**
   * @param {KeyFacts} press
   * @param {boolean} [repeats] the key is held
   * @returns {boolean} whether the cursor or the tool in hand had something to do
   */
  hear(press, repeats = false) {
    const sample = keySample(press);
    return this.#keysCursor(sample, repeats) || this.#key(sample);
  }

  /** @param {KeyboardEvent} event */
  handleKeyUp(event) {
    const sample = keySample(event);
    if (this.#keyCursor.keyUp(sample)) return true;
    if (sample.code === "Space" && this.#spaceHeld) {
      this.#holdSpace(false);
      return true;
    }
    return this.#hand.keyUp?.(sample) ?? false;
  }

  undo() {
    const { canUndo } = this.#store.state;
    if (this.#pointers.isActive) this.#pointers.abort();
    else if (!this.#hand.undo?.()) return canUndo && this.#step("undos", () => this.#store.undo());
    this.#effort.count("undos");
    return true;
  }

  redo() {
    const { canRedo } = this.#store.state;
    if (!this.#hand.redo?.()) return canRedo && this.#step("redos", () => this.#store.redo());
    this.#effort.count("redos");
    return true;
  }

  get isActive() {
    return this.#pointers.isActive;
  }

  toggleKeyCursor() {
    if (this.#keyCursor.isOn) {
      this.#pointers.abort();
      this.#keyCursor.leave();
      return;
    }
    this.#element.focus({ preventScroll: true });
    this.#hasFocus = true;
    this.#keyCursor.enter();
  }

  detach() {
    this.#keyCursor.leave();
    for (const end of this.#endings) end();
    this.#pointers.detach();
    this.#hand.disable?.();
    this.#hand = {};
  }

  /** @param {string} name */
  #take(name) {
    const tool = toolByName(name);
    if (!tool) throw new Error(`there is no tool "${name}"`);
    this.#pointers.abort();
    this.#hand.disable?.();
    this.#store.update({ overlay: [], status: "", busy: false, hover: null, swapped: false });
    if (tool.draws && !tool.reworks) this.#store.update({ drawingTool: name });
    this.#hand = tool.take(this.#context);
    this.#point(null);
    this.#keyCursor.rest();
  }

  /**
   * Counted first: the step itself is a change, and what was counted goes with it.
   * @param {"undos" | "redos"} what
   * @param {() => boolean} step
   */
  #step(what, step) {
    this.#effort.count(what);
    return step();
  }

  /** @param {import("../types.js").KeySample} sample */
  #key(sample) {
    if (this.#isSpace(sample)) return this.#holdSpace(true);
    return sample.key === "Escape" ? this.#escape() : (this.#hand.key?.(sample) ?? false);
  }

  /**
   * @param {import("../types.js").KeySample} sample
   * @param {boolean} repeats
   */
  #keysCursor(sample, repeats) {
    if (!this.#hasFocus) return false;
    return this.#keyCursor.key(sample, repeats, () => this.#hand.key?.(sample) ?? false);
  }

  /** @param {boolean} has a key that is let go elsewhere is not heard of */
  #focus(has) {
    this.#hasFocus = has;
    if (has) return;
    this.#holdSpace(false);
    if (this.#keyCursor.isOn) this.#pointers.abort();
  }

  /** @param {import("../types.js").KeySample} sample */
  #isSpace(sample) {
    return sample.code === "Space" && !sample.ctrl && !sample.alt && !sample.shift;
  }

  /** @param {boolean} held */
  #holdSpace(held) {
    this.#spaceHeld = held;
    this.#point(this.#cursor);
    return true;
  }

  /** @param {string | null} name */
  #point(name) {
    this.#cursor = name;
    const own = toolByName(this.#store.state.session.tool)?.cursor ?? "default";
    this.#element.style.cursor = this.#spaceHeld ? "grab" : (name ?? own);
  }

  /** The thing in hand, the keyboard cursor, the selection, the tool; false: nothing is left. */
  #escape() {
    if (this.#pointers.isActive) {
      this.#pointers.abort();
      return true;
    }
    if (this.#hand.cancel?.()) return true;
    if (this.#keyCursor.isOn) {
      this.#keyCursor.leave();
      return true;
    }
    const { selection, tool } = this.#store.state.session;
    if (selection.length > 0) this.#store.update({ selection: [] });
    else if (tool !== "select") this.#store.update({ tool: "select" });
    else return false;
    return true;
  }
}
