/** Values of the tools' options; one that was never touched has its first value. */

/** @typedef {import("../types.js").ToolOption} ToolOption */
/** @typedef {import("../types.js").RangeOption} RangeOption */
/** @typedef {import("../types.js").Session} Session */
/** @typedef {import("../model/store.js").EditorStore} EditorStore */

/**
 * @template {ToolOption} T
 * @param {Pick<Session, "options">} session
 * @param {T} option
 * @returns {T["first"]}
 */
export function optionValue({ options }, option) {
  const value = options[option.name];
  return typeof value === typeof option.first ? /** @type {T["first"]} */ (value) : option.first;
}

/**
 * @param {Pick<Session, "options">} session
 * @param {ToolOption} option
 * @param {import("../types.js").OptionValue} value
 * @returns {Pick<Session, "options">} for a store's update
 */
export function withOption({ options }, option, value) {
  return { options: Object.freeze({ ...options, [option.name]: value }) };
}

/**
 * Turn a range by a number of its steps, within its ends.
 * @param {EditorStore} store
 * @param {RangeOption} option
 * @param {number} steps positive is more
 */
export function turnOption(store, option, steps) {
  const { session } = store.state;
  const wanted = optionValue(session, option) + Math.round(steps) * option.step;
  const value = Math.min(Math.max(wanted, option.min), option.max);
  store.update(withOption(session, option, value));
}

/**
 * Brackets turn a range as they turn the brush: with Shift five steps at once.
 * @param {EditorStore} store
 * @param {RangeOption} option
 * @param {import("../types.js").KeySample} sample
 * @returns {boolean} whether it was a bracket
 */
export function turnByKey(store, option, { code, shift, ctrl }) {
  if (ctrl || (code !== "BracketLeft" && code !== "BracketRight")) return false;
  turnOption(store, option, (code === "BracketRight" ? 1 : -1) * (shift ? 5 : 1));
  return true;
}
