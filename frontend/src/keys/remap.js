/**
 * Key maps of one's own: presets and single changes are values laid over the default map. A press
 * that is given to a command is taken from every other, so that no press ever runs two.
 */

import { t } from "../texts.js";
import { keyWords } from "./keyWords.js";
import { matches, parsePress } from "./press.js";

/** @typedef {import("./defaultMap.js").Binding} Binding */
/** @typedef {Readonly<Record<string, readonly string[]>>} KeyChanges keys by command */
/** @typedef {import("../types.js").KeyFacts} KeyFacts */

export const NO_KEY = "none"; // how "no key at all" is stored
const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"]);
const BY_CODE = /^(Digit|Numpad)(\d)$/;
/** @type {Readonly<Record<string, string>>} */
const CODES = { BracketLeft: "[", BracketRight: "]", Backslash: "\\" };
const SIGN = /^[?/+=-]$/;

/** Presses that belong to the browser or the system; pages do not get them, or should not. */
const TAKEN = [
  /^Ctrl\+(Shift\+)?[TNWRLP]$/,
  /^Ctrl\+(Shift\+)?(Tab|[0-9])$/,
  /^Ctrl\+[FGHJOU]$/,
  /^Ctrl\+Shift\+[IJCKB]$/,
  /^Alt\+(F4|ArrowLeft|ArrowRight|Home|D)$/,
  /^(Shift\+)?F(5|6|7|11|12)$/,
  /^(Ctrl\+)?(Alt\+)?(Shift\+)?(Tab|Escape|Esc)$/,
];

/** Presses that move the picture, the object and the keyboard's cursor, before any command. */
const STAGE = /^(Space|(Shift\+)?Arrow(Left|Right|Up|Down))$/;

/**
 * @param {readonly Binding[]} map
 * @param {KeyChanges} changes
 * @returns {readonly Binding[]}
 */
export function remapped(map, changes) {
  const given = new Set(Object.values(changes).flat());
  return Object.freeze(
    map.map((binding) => {
      const own = changes[binding.command];
      const keys = own ?? binding.keys.filter((key) => !given.has(key));
      return keys === binding.keys ? binding : Object.freeze({ ...binding, keys });
    }),
  );
}

/**
 * What would make the map out of its base, and no more.
 * @param {readonly Binding[]} base
 * @param {readonly Binding[]} map
 * @returns {KeyChanges}
 */
export function changesFrom(base, map) {
  const before = new Map(base.map(({ command, keys }) => [command, keys.join(" ")]));
  return Object.fromEntries(
    map
      .filter(({ command, keys }) => before.get(command) !== keys.join(" "))
      .map(({ command, keys }) => [command, keys]),
  );
}

/**
 * @param {readonly Binding[]} map
 * @param {string} press
 * @param {string} except a command
 * @returns {readonly Binding[]} what the press runs now
 */
export function rivals(map, press, except) {
  return map.filter(({ command, keys }) => command !== except && keys.includes(press));
}

/**
 * @param {KeyFacts} event
 * @returns {string} the press in the words of press.js, "" for a modifier alone
 */
export function wordsOf(event) {
  if (MODIFIERS.has(event.key)) return "";
  const key = keyWord(event);
  const shift = event.shiftKey && !SIGN.test(key) ? "Shift+" : "";
  const words = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift}${key}`;
  return matches(parsePress(words), event) ? words : "";
}

/**
 * @param {string} press
 * @returns {string} why it cannot be a key of the editor, "" if it can
 */
export function whyTaken(press) {
  if (STAGE.test(press))
    return t("{press} moves the picture or what is selected.", { press: keyWords(press) });
  return TAKEN.some((pattern) => pattern.test(press))
    ? t("{press} belongs to the browser or the system.", { press: keyWords(press) })
    : "";
}

/**
 * Changes as they are stored: every value a string. Others are left out, whoever wrote them.
 * @param {unknown} stored
 * @returns {KeyChanges}
 */
export function readChanges(stored) {
  if (typeof stored !== "object" || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored)
      .filter(([, words]) => typeof words === "string")
      .map(([command, words]) => [command, words === NO_KEY ? [] : words.split(" ")]),
  );
}

/** @param {KeyChanges} changes @returns {Record<string, string>} */
export function storedChanges(changes) {
  return Object.fromEntries(
    Object.entries(changes).map(([command, keys]) => [command, keys.join(" ") || NO_KEY]),
  );
}

/** @param {KeyFacts} event */
function keyWord({ key, code }) {
  const digit = BY_CODE.exec(code)?.[2];
  if (digit !== undefined) return digit;
  if (CODES[code] && !/^[a-z]$/i.test(key)) return CODES[code] ?? "";
  if (key === " ") return "Space";
  const isForeign = key.length === 1 && key > "\u007f";
  if (isForeign && /^Key[A-Z]$/.test(code)) return code.slice(3);
  return key.length === 1 ? key.toUpperCase() : key;
}
