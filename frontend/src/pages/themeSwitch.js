/** Light, dark, or as the system has it; remembered in this browser. */

/** @returns {"light" | "dark" | "system"} */
export function readTheme() {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** @param {string} theme */
export function setTheme(theme) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  try {
    localStorage.setItem("mw-theme", theme);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}
