// Light, dark, or as the system has it.

import { Store } from "./store.js";

const THEMES = ["system", "light", "dark"];

export const theme = new Store(document.documentElement.dataset.theme ?? "system");

export function nextTheme() {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem("camweave-theme");
    else localStorage.setItem("camweave-theme", next);
  } catch {
    // Storage is forbidden: the choice holds until the page is closed.
  }
  theme.value = next;
}
