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
 * tool in hand understands: Enter, N, Backspace, Tab, arrows, brackets, X. All other keys (letters
 * of tools, digits, Delete, zoom) are the page's. A tool is changed by store.update({ tool: name }).
 */
import { pan } from "./pan.js";
import { Pointers } from "./pointers.js";
import { toolByName } from "./registry.js";
import { keySample } from "./samples.js";
import { attachWheel } from "./wheel.js";

/** @typedef {import("../model/store.js").EditorStore} EditorStore */
/** @typedef {import("../types.js").ToolHand} ToolHand */
/** @typedef {import("../types.js").ToolContext} ToolContext */
/**
 * @typedef {Object} Stage
 * @property {(event: KeyboardEvent) => boolean} handleKey
 * @property {(event: KeyboardEvent) => boolean} handleKeyUp
 * @property {() => boolean} undo the thing half made first, then the document
 * @property {() => boolean} redo
 * @property {() => void} detach
 */

/**
 * @param {HTMLElement} element that lies over the canvas and can have the focus
 * @param {EditorStore} store
 * @param {import("../types.js").Services} services
 * @returns {Stage}
 */
export function attachStage(element, store, services) {
  return new StageHand(element, store, services);
}

/** @implements {Stage} */
class StageHand {
  #element;
  #store;
  #context;
  #pointers;
  /** @type {ToolHand} */
  #hand = {};
  /** @type {ToolHand} */
  #panHand;
  #spaceHeld = false;
  /** @type {(() => void)[]} */
  #endings;

  /**
   * @param {HTMLElement} element
   * @param {EditorStore} store
   * @param {import("../types.js").Services} services
   */
  constructor(element, store, services) {
    this.#element = element;
    this.#store = store;
    /** @type {ToolContext} */
    this.#context = {
      store,
      services,
      describe: (shapes, status = "") => store.update({ overlay: shapes, status }),
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
    });
    const releaseSpace = () => this.#holdSpace(false);
    element.addEventListener("blur", releaseSpace);
    this.#endings = [
      attachWheel(element, store, () => this.#hand),
      store.watch(
        (state) => state.session.tool,
        (name) => this.#take(name),
      ),
      () => element.removeEventListener("blur", releaseSpace),
    ];
    this.#take(store.state.session.tool);
  }

  /** @param {KeyboardEvent} event */
  handleKey(event) {
    const sample = keySample(event);
    const taken = this.#isSpace(sample)
      ? this.#holdSpace(true)
      : sample.key === "Escape"
        ? this.#escape()
        : (this.#hand.key?.(sample) ?? false);
    if (taken) event.preventDefault();
    return taken;
  }

  /** @param {KeyboardEvent} event */
  handleKeyUp(event) {
    const sample = keySample(event);
    if (sample.code === "Space" && this.#spaceHeld) {
      this.#holdSpace(false);
      return true;
    }
    return this.#hand.keyUp?.(sample) ?? false;
  }

  undo() {
    if (this.#pointers.isActive) {
      this.#pointers.abort();
      return true;
    }
    return this.#hand.undo?.() || this.#store.undo();
  }

  redo() {
    return this.#hand.redo?.() || this.#store.redo();
  }

  detach() {
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
    this.#store.update({ overlay: [], status: "", busy: false, hover: null });
    if (tool.draws) this.#store.update({ drawingTool: name });
    this.#hand = tool.take(this.#context);
    this.#element.style.cursor = tool.cursor;
  }

  /** @param {import("../types.js").KeySample} sample */
  #isSpace(sample) {
    return sample.code === "Space" && !sample.ctrl && !sample.alt && !sample.shift;
  }

  /** @param {boolean} held */
  #holdSpace(held) {
    this.#spaceHeld = held;
    const tool = toolByName(this.#store.state.session.tool);
    this.#element.style.cursor = held ? "grab" : (tool?.cursor ?? "default");
    return true;
  }

  /** The thing in hand, then the selection, then the tool; false when there is nothing left. */
  #escape() {
    if (this.#pointers.isActive) {
      this.#pointers.abort();
      return true;
    }
    if (this.#hand.cancel?.()) return true;
    const { selection, tool } = this.#store.state.session;
    if (selection.length > 0) this.#store.update({ selection: [] });
    else if (tool !== "select") this.#store.update({ tool: "select" });
    else return false;
    return true;
  }
}
