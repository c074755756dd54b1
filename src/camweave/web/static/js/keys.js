// What the keys do, and the page that says so.

import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { Icon } from "./icons.js";
import { toggleFullscreen } from "./large.js";
import { open, PANES, route } from "./route.js";
import { stopLooking } from "./search.js";
import { cameras } from "./site.js";
import { Store, useStore } from "./store.js";
import { nextTheme } from "./theme.js";

export const helpOpen = new Store(false);

const KEYS = [
  ["← → ↑ ↓", "go through the cameras"],
  ["Enter", "make the camera large"],
  ["Esc", "back"],
  ["f", "full screen"],
  ["1 2 3 4 5", "cameras, identities, events, counts, map"],
  ["/", "choose whom to see"],
  ["t", "light, dark, or as the system has it"],
  ["?", "these keys"],
];

/** Hears keys wherever the focus is, but for fields and open dialogs. */
export function useKeys() {
  useEffect(() => {
    const hear = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target.closest?.("input, select, textarea") || document.querySelector("dialog[open]")) return;
      if (act(event.key)) event.preventDefault();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, []);
}

function act(key) {
  const { camera } = route.value;
  if (key === "?") helpOpen.value = true;
  else if (key === "t") nextTheme();
  else if (key === "f") toggleFullscreen(document.querySelector(".large") ?? document.documentElement);
  else if (key === "/") toFilter();
  else if (PANES[Number(key) - 1]) toPane(PANES[Number(key) - 1]);
  else if (key === "Escape") return back(camera);
  else if (camera && (key === "ArrowLeft" || key === "ArrowRight")) step(camera, key === "ArrowLeft" ? -1 : 1);
  else if (key === "ArrowLeft" || key === "ArrowRight") return enterGrid();
  else return false;
  return true;
}

function back(camera) {
  if (document.fullscreenElement) return false; // the browser leaves it
  if (camera) open({ camera: null });
  else stopLooking();
  return true;
}

function step(camera, by) {
  const names = cameras.value.map((each) => each.name);
  open({ camera: names[(names.indexOf(camera) + by + names.length) % names.length] });
}

function enterGrid() {
  if (document.activeElement !== document.body) return false;
  document.querySelector('.tile .open[tabindex="0"]')?.focus();
  return true;
}

function toPane(pane) {
  open({ pane });
  setTimeout(() => document.querySelector(pane === "cameras" ? ".tile .open[tabindex='0']" : ".panel .pane a, .panel .pane [tabindex='0']")?.focus());
}

function toFilter() {
  open({ pane: "identities" });
  setTimeout(() => document.querySelector("#filter-camera")?.focus());
}

export function KeysDialog() {
  const shown = useStore(helpOpen);
  return shown && html`<${Help} />`;
}

function Help() {
  const dialog = useRef(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const close = () => {
    helpOpen.value = false;
  };
  return html`<dialog class="sheet keys" ref=${dialog} aria-label="Keys" onClose=${close} onClick=${(event) => event.target === dialog.current && close()}>
    <div class="sheet-body">
      <header class="sheet-head"><h1>Keys</h1><span class="fill" /><button class="quiet icon" onClick=${close} aria-label="Close"><${Icon} name="close" /></button></header>
      <dl>${KEYS.map(([key, does]) => html`<div key=${key}><dt>${key.split(" ").map((each) => html`<kbd>${each}</kbd>`)}</dt><dd>${does}</dd></div>`)}</dl>
      <p class="faint">Click on somebody in the large picture to see their journey. Drop or paste a picture anywhere to find who looks like it.</p>
    </div>
  </dialog>`;
}
