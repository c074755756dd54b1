// Signs drawn by ourselves: no font is sure to have them.

import { html } from "../vendor/htm-preact.js";

const PATHS = {
  system: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M12 6.5v11a5.5 5.5 0 0 0 0-11z",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M12 2v2.5 M12 19.5V22 M2 12h2.5 M19.5 12H22 M5 5l1.8 1.8 M17.2 17.2 19 19 M5 19l1.8-1.8 M17.2 6.8 19 5",
  dark: "M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z",
  full: "M4 9V4h5 M15 4h5v5 M20 15v5h-5 M9 20H4v-5",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  close: "M6 6l12 12 M18 6 6 18",
  keys: "M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 2.2 M12 17.5v.1",
};

export const Icon = ({ name }) =>
  html`<svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} data-name=${name} /></svg>`;
