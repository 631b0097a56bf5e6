/**
 * The page's one way from a key press to a command. It never acts in a text field, and never takes
 * a press
 * that the map does not name, so the browser's own shortcuts stay.
 */

import { matches, parsePress } from "./press.js";

/**
 * @typedef {import("./defaultMap.js").Binding} Binding
 * @typedef {import("./press.js").Press} Press
 */

const TEXTLESS_INPUTS = new Set([
  "button",
  "checkbox",
  "color",
  "file",
  "radio",
  "range",
  "reset",
  "submit",
]);
/** Keys that a focused button, slider or list uses itself. */
const WIDGET_KEYS = new Set([
  "Enter",
  " ",
  "Tab",
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "PageUp",
  "PageDown",
]);

/**
 * @param {EventTarget | null} target
 * @returns {boolean} typing there means text
 */
export function isTextField(target) {
  if (!isElement(target)) return false;
  const name = target.tagName;
  if (name === "TEXTAREA" || name === "SELECT") return true;
  if (name === "INPUT") return !TEXTLESS_INPUTS.has(target.getAttribute("type") ?? "text");
  return target.getAttribute("contenteditable") === "true";
}

/**
 * @param {EventTarget | null} target
 * @param {string} key
 * @returns {boolean} the focused control needs this key
 */
export function isWidgetKey(target, key) {
  if (!isElement(target) || !WIDGET_KEYS.has(key)) return false;
  return ["BUTTON", "A", "INPUT", "SUMMARY"].includes(target.tagName);
}

/**
 * @param {EventTarget | null} target
 * @returns {target is Element}
 */
function isElement(target) {
  return target !== null && "tagName" in target;
}

/**
 * @param {readonly Binding[]} map
 * @param {(command: string) => boolean} run false: the command has nothing to do now
 * @returns {(event: KeyboardEvent) => boolean} true: the press was taken, and its default prevented
 */
export function createDispatcher(map, run) {
  /** @type {readonly {press: Press, binding: Binding}[]} */
  const presses = map.flatMap((binding) =>
    binding.keys.map((words) => ({ press: parsePress(words), binding })),
  );
  return (event) => {
    if (event.isComposing || isTextField(event.target) || isWidgetKey(event.target, event.key))
      return false;
    const found = presses.find(({ press }) => matches(press, event));
    if (!found) return false;
    const { command, repeats = false } = found.binding;
    const taken = event.repeat && !repeats ? true : run(command);
    if (taken) event.preventDefault();
    return taken;
  };
}
