// Before anything is drawn, so that a dark room sees no white flash.
try {
  const theme = localStorage.getItem("camweave-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's choice stands.
}
