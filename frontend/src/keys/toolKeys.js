/**
 * Tools understand a few keys by themselves: Enter finishes, Backspace takes back, Tab shows another.
 * Whoever gives these deeds other keys presses those, and the tools hear what they always hear.
 */

import { CODES, matches, parsePress } from "./press.js";

/** @typedef {import("./defaultMap.js").Binding} Binding */
/** @typedef {import("./press.js").KeyFacts} KeyFacts */

/**
 * @param {readonly Binding[]} map
 * @param {KeyFacts} event
 * @returns {KeyFacts | null} the press as tools know it; null if it means nothing to them any more
 */
export function heardByTools(map, event) {
  const isPressed = (/** @type {string} */ words) => matches(parsePress(words), event);
  const bound = map.find(({ gives, keys }) => gives !== undefined && keys.some(isPressed));
  if (bound?.gives !== undefined) return factsOf(bound.gives);
  return map.some(({ gives }) => gives !== undefined && isPressed(gives)) ? null : event;
}

/**
 * @param {string} words a press in the words of press.js
 * @returns {KeyFacts}
 */
export function factsOf(words) {
  const { key, shift, alt, ctrl } = parsePress(words);
  return {
    key,
    code: CODES[key] ?? (/^[A-Z]$/.test(key) ? `Key${key}` : key),
    shiftKey: shift,
    altKey: alt,
    ctrlKey: ctrl,
    metaKey: false,
  };
}

/**
 * @param {readonly Binding[]} map
 * @param {string} key as the tools' own lists have it
 * @returns {string} the key that does it by the map, "" if none does
 */
export function keyOfTools(map, key) {
  const binding = map.find(({ gives }) => gives === key);
  return binding ? (binding.keys[0] ?? "") : key;
}
