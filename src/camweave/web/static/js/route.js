// What is open, kept in the address, so that it can be gone back from, sent and kept.

import { Store } from "./store.js";

export const PANES = ["cameras", "identities", "events", "counts", "map"];

export const route = new Store(read());
addEventListener("hashchange", () => {
  route.value = read();
});

function read() {
  const parts = location.hash.slice(1).split("/").map(decodeURIComponent);
  const found = { pane: "cameras", camera: null, identity: null };
  for (let at = 0; at < parts.length; at += 2) {
    if (parts[at] === "camera") found.camera = parts[at + 1] || null;
    if (parts[at] === "identity") found.identity = Number.parseInt(parts[at + 1], 10) || null;
    if (parts[at] === "pane" && PANES.includes(parts[at + 1])) found.pane = parts[at + 1];
  }
  return found;
}

/** The address of this page with something else open; what is not named stays as it is. */
export function address(changes) {
  const { pane, camera, identity } = { ...route.value, ...changes };
  const parts = [];
  if (pane !== "cameras") parts.push("pane", pane);
  if (camera) parts.push("camera", encodeURIComponent(camera));
  if (identity) parts.push("identity", identity);
  return `#${parts.join("/")}`;
}

export function open(changes) {
  const to = address(changes);
  if (to === (location.hash || "#")) return;
  history.pushState(null, "", to === "#" ? location.pathname + location.search : to);
  route.value = read();
}

addEventListener("popstate", () => {
  route.value = read();
});
