// Classic script, loaded in <head> before the first paint: a module would run after it and the
// page would flash.
// Only the user's taste lives here; work never goes to localStorage.
(() => {
  try {
    const theme = localStorage.getItem("mw-theme");
    const { dataset } = document.documentElement;
    if (theme === "light" || theme === "dark") dataset.theme = theme;
    else if (theme === "system") delete dataset.theme; // over the account's own choice
  } catch {
    // Storage is blocked: the system's colour scheme stays.
  }
})();
