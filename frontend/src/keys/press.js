/**
 * One key press in words ("Ctrl+Shift+Z") and whether an event is it. Letters and signs go by
 * event.key, so
 * that B is where the keyboard says B; digits and brackets by event.code, since their signs need
 * Shift or
 * AltGr on many layouts. Ctrl is Cmd on a Mac.
 */

/** @typedef {{readonly ctrl: boolean, readonly alt: boolean, readonly shift: boolean, readonly key: string}} Press */
/** @typedef {import("../types.js").KeyFacts} KeyFacts */

/** @type {Readonly<Record<string, string>>} */
export const CODES = { "[": "BracketLeft", "]": "BracketRight", "\\": "Backslash" };
/** Signs that sit behind Shift on some layouts: there Shift is part of the sign. */
const SIGNS = new Set(["?", "/", "+", "=", "-"]);

/**
 * @param {string} words as "Ctrl+Enter", "Shift+1", "B"
 * @returns {Press}
 */
export function parsePress(words) {
  const parts = words.split(/\+(?=.)/);
  const key = parts.at(-1) ?? "";
  const has = (/** @type {string} */ name) => parts.slice(0, -1).includes(name);
  return Object.freeze({ ctrl: has("Ctrl"), alt: has("Alt"), shift: has("Shift"), key });
}

/**
 * @param {Press} press
 * @param {KeyFacts} event
 */
export function matches(press, event) {
  if (press.ctrl !== (event.ctrlKey || event.metaKey) || press.alt !== event.altKey) return false;
  if (press.shift !== event.shiftKey && !SIGNS.has(press.key)) return false;
  return isKey(press.key, event);
}

/**
 * @param {string} key
 * @param {KeyFacts} event
 */
function isKey(key, event) {
  if (/^\d$/.test(key)) return !event.getModifierState?.("AltGraph") && isDigit(key, event);
  const code = CODES[key];
  if (code) return event.code === code;
  if (/^[A-Z]$/.test(key)) return letterOf(event) === key;
  return event.key === (key === "Space" ? " " : key);
}

/**
 * @param {string} digit
 * @param {KeyFacts} event
 */
function isDigit(digit, { key, code }) {
  return code === `Digit${digit}` || (code === `Numpad${digit}` && key === digit);
}

/**
 * The Latin letter of an event; on a keyboard of another script the one that is printed there too.
 * @param {KeyFacts} event
 */
export function letterOf({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const isForeign = key.length === 1 && key > "\u007f";
  return isForeign && /^Key[A-Z]$/.test(code) ? code.slice(3) : "";
}
