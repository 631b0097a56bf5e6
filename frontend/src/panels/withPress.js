/** The tooltip of a control that a key does the work of, too: "Next image  F", by the map in force. */

import { keyOf } from "../keys/defaultMap.js";
import { keyWords } from "../keys/keyWords.js";

/**
 * @param {string} words
 * @param {string} command of the key map
 * @param {Pick<import("./view.js").View, "facts">} view
 */
export function withPress(words, command, { facts }) {
  const key = keyOf(command, facts.keys.map);
  return key ? `${words}  ${keyWords(key)}` : words;
}

/**
 * How a command is pressed by the map in force, for a sentence; one without a key by its own words.
 * @param {string} command
 * @param {readonly import("../keys/defaultMap.js").Binding[]} map
 */
export function pressOf(command, map) {
  const key = keyOf(command, map);
  return key ? keyWords(key) : (map.find((one) => one.command === command)?.words ?? "");
}
