/**
 * What the management pages need of script, by attribute:
 *   data-theme-switch                a button that goes through system, light, dark
 *   details[data-menu]               a menu that closes by a click elsewhere and by Escape
 *   data-copy="#id"                  a button that copies the text of another element
 *   data-confirm="Delete 3 images?"  on a form: asked before it is sent (data-confirm-deed names
 * the button)
 */

import { t } from "../texts.js";
import { readTheme, setTheme } from "./themeSwitch.js";

const THEME_WORDS = {
  system: t("Theme: system"),
  light: t("Theme: light"),
  dark: t("Theme: dark"),
};
const ICONS = { system: "system", light: "sun", dark: "moon" };
const NEXT = /** @type {const} */ ({ system: "light", light: "dark", dark: "system" });
const COPIED_MS = 1_500;

/** @param {Document} page */
export function enliven(page) {
  for (const button of page.querySelectorAll("[data-theme-switch]"))
    bindTheme(/** @type {HTMLElement} */ (button));
  page.addEventListener("click", (event) => {
    closeMenus(page, /** @type {Element} */ (event.target));
    const copy = /** @type {HTMLElement | null} */ (
      /** @type {Element} */ (event.target).closest("[data-copy]")
    );
    if (copy) void copyText(page, copy);
  });
  page.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(page, null);
  });
  page.addEventListener("submit", (event) => askFirst(page, event));
}

/** @param {HTMLElement} button */
function bindTheme(button) {
  const show = () => {
    const theme = readTheme();
    button.title = THEME_WORDS[theme];
    button.setAttribute("aria-label", button.title);
    const use = button.querySelector("use");
    const sprite = use?.getAttribute("href")?.split("#")[0];
    use?.setAttribute("href", `${sprite}#${ICONS[theme]}`);
  };
  button.addEventListener("click", () => {
    setTheme(NEXT[readTheme()]);
    show();
  });
  show();
}

/**
 * @param {Document} page
 * @param {Element | null} target inside of which a menu stays open
 */
function closeMenus(page, target) {
  for (const menu of page.querySelectorAll("details[data-menu][open]")) {
    if (!target || !menu.contains(target)) menu.removeAttribute("open");
  }
}

/**
 * @param {Document} page
 * @param {HTMLElement} button
 */
async function copyText(page, button) {
  const source = page.querySelector(button.dataset.copy ?? "");
  const text =
    source instanceof HTMLInputElement ? source.value : (source?.textContent?.trim() ?? "");
  const words = button.textContent;
  button.textContent = (await putOnClipboard(page, source, text)) ? t("Copied") : t("Press Ctrl+C");
  setTimeout(() => {
    button.textContent = words;
  }, COPIED_MS);
}

/**
 * The clipboard's interface is missing on plain http; there the text is selected and copied the
 * old way.
 * @param {Document} page
 * @param {Element | null} source
 * @param {string} text
 */
async function putOnClipboard(page, source, text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not permitted: the old way below.
    }
  }
  if (source instanceof HTMLInputElement) source.select();
  else if (source) getSelection()?.selectAllChildren(source);
  return page.execCommand("copy");
}

/**
 * @param {Document} page
 * @param {SubmitEvent} event
 */
function askFirst(page, event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const { confirm, confirmDeed = t("Go on"), confirmed } = form.dataset;
  if (!confirm || confirmed) return;
  event.preventDefault();
  const dialog = buildQuestion(page, confirm, confirmDeed);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (dialog.returnValue !== "yes") return;
    form.dataset.confirmed = "true";
    form.requestSubmit(event.submitter);
    delete form.dataset.confirmed;
  });
  dialog.showModal();
}

/**
 * @param {Document} page
 * @param {string} question
 * @param {string} deed
 */
function buildQuestion(page, question, deed) {
  const make = (
    /** @type {string} */ tag,
    /** @type {string} */ className,
    /** @type {string} */ words = "",
  ) => {
    const element = page.createElement(tag);
    element.className = className;
    element.textContent = words;
    return element;
  };
  const dialog = page.createElement("dialog");
  const form = make("form", "");
  form.setAttribute("method", "dialog");
  const body = make("div", "dialog-body");
  body.append(make("p", "", question));
  const foot = make("footer", "dialog-foot");
  const cancel = /** @type {HTMLButtonElement} */ (make("button", "button", t("Cancel")));
  const go = /** @type {HTMLButtonElement} */ (make("button", "button danger", deed));
  cancel.value = "no";
  go.value = "yes";
  foot.append(cancel, go);
  form.append(body, foot);
  dialog.append(form);
  page.body.append(dialog);
  return dialog;
}
