// Who looks like a picture that somebody brings: chosen, dropped or pasted.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { post } from "./api.js";
import { Card } from "./card.js";
import { open } from "./route.js";
import { Store } from "./store.js";

const LARGEST = 1024; // px: more does not tell more
const MOST = 24;

/** What is searched with, and who was found; null while nobody searches. */
export const looking = new Store(null);

/** Searches with a picture. */
export async function search(picture) {
  if (looking.value) URL.revokeObjectURL(looking.value.url);
  const url = URL.createObjectURL(picture);
  open({ pane: "identities", identity: null });
  looking.value = { url, state: "busy", found: [] };
  try {
    const found = await post(`/api/search?most=${MOST}`, await readable(picture));
    looking.value = { url, state: "done", found };
  } catch (error) {
    looking.value = { url, state: `Not searched: ${error.message}`, found: [] };
  }
}

/** A JPEG of at most so many px of whatever the browser can show. */
async function readable(picture) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(picture);
  } catch {
    throw new Error("that is no picture that can be read");
  }
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  if (scale === 1 && ["image/jpeg", "image/png"].includes(picture.type)) return picture;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}

export function stopLooking() {
  if (looking.value) URL.revokeObjectURL(looking.value.url);
  looking.value = null;
}

/** The button that asks for a file. */
export function PictureChoice() {
  const file = useRef(null);
  const chosen = (event) => {
    const [picture] = event.target.files;
    if (picture) search(picture);
    event.target.value = "";
  };
  return html`<input ref=${file} class="unseen" type="file" accept="image/*" tabindex="-1" aria-label="Picture to search with" onChange=${chosen} />
    <button class="find" onClick=${() => file.current.click()} title="or drop a picture anywhere, or paste one">By picture …</button>`;
}

/** Those who look like it, the most alike first. */
export function Found({ found: { url, state, found } }) {
  return html`<div class="looking-for">
      <img src=${url} alt="searched with" height="72" />
      <p role="status">${state === "busy" ? "Looking …" : state === "done" ? `${found.length} look like this, the most alike first` : state}</p>
      <button class="quiet" onClick=${stopLooking}>Show all</button>
    </div>
    <ul class="cards" aria-label="Found">
      ${found.map(({ card, similarity }) => html`<${Card} key=${card.global_id} card=${card} similarity=${similarity} />`)}
    </ul>`;
}

/** Takes pictures that are dropped or pasted anywhere. */
export function DropZone() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const brings = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
    const drag = (event) => {
      if (!brings(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event) => event.relatedTarget === null && setOver(false);
    const take = (event, files) => {
      const picture = [...(files ?? [])].find((file) => file.type.startsWith("image/"));
      setOver(false);
      if (!picture) return;
      event.preventDefault();
      search(picture);
    };
    const drop = (event) => {
      if (brings(event)) event.preventDefault(); // or the browser would go away and show it
      take(event, event.dataTransfer?.files);
    };
    const paste = (event) => take(event, event.clipboardData?.files);
    const all = { dragover: drag, dragleave: leave, drop, paste };
    for (const [name, hear] of Object.entries(all)) addEventListener(name, hear);
    return () => {
      for (const [name, hear] of Object.entries(all)) removeEventListener(name, hear);
    };
  }, []);
  return over && html`<div class="drop" role="status">Drop the picture to find who looks like it</div>`;
}
