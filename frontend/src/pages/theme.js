// Classic script, loaded in <head> before the first paint: a module would run after it and the
// page would flash.
// Only the user's taste lives here; work never goes to localStorage.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is blocked: the system's colour scheme stays.
  }
})();
