/** A press as it is printed on the keys of the person's language: "Shift+H", "Umschalt+H". */

import { t } from "../texts.js";
import { IS_MAC } from "./system.js";

/** @type {Readonly<Record<string, string>>} */
const NAMES = {
  Ctrl: IS_MAC ? "⌘" : t("Ctrl"),
  Shift: t("Shift"),
  Space: t("Space"),
  Del: t("Del"),
  Delete: t("Del"),
  Backspace: t("Backspace"),
  PageUp: t("PageUp"),
  PageDown: t("PageDown"),
  Arrows: t("Arrows"),
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Wheel: t("Wheel"),
  Click: t("Click"),
  Drag: t("Drag"),
  "Right click": t("Right click"),
  "Right button": t("Right button"),
  "Double click": t("Double click"),
  "2 clicks": t("2 clicks"),
  "Middle drag": t("Middle drag"),
  "Click on a point": t("Click on a point"),
  "Two fingers": t("Two fingers"),
  "Tap of two": t("Tap of two"),
  "Tap of three": t("Tap of three"),
  "Long press": t("Long press"),
  Pen: t("Pen"),
  "Pen's button": t("Pen's button"),
  "Pen's other end": t("Pen's other end"),
};

/**
 * @param {string} press as the key map has it
 * @returns {string}
 */
export function keyWords(press) {
  return press
    .split(/\+(?=.)/)
    .map((part) => NAMES[part] ?? part)
    .join("+");
}
