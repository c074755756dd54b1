// One camera as large as the window allows, with who is in it.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { get, poll } from "./api.js";
import { Badge } from "./badge.js";
import { Icon } from "./icons.js";
import { address, open } from "./route.js";
import { cameras } from "./site.js";
import { alike, useStore } from "./store.js";
import { Age, Picture, Standing } from "./tile.js";

export function Large({ name, names }) {
  const camera = useStore(cameras, (all) => all.find((each) => each.name === name));
  const frame = useRef(null);
  const close = useRef(null);
  const tracks = useTracks(name);
  useEffect(() => close.current?.focus(), []);
  if (!camera) return null;
  const at = names.indexOf(name);
  const step = (by) => open({ camera: names[(at + by + names.length) % names.length] });
  return html`<section class="large" aria-label=${`Camera ${name}`} ref=${frame} data-standing=${camera.standing}>
    <header>
      <button class="quiet" ref=${close} onClick=${() => open({ camera: null })}>← All<span class="wide-only"> cameras</span></button>
      <h1>${name}</h1>
      <${Standing} standing=${camera.standing} />
      <${Age} camera=${name} />
      <span class="fill" />
      <button class="quiet icon" onClick=${() => step(-1)} aria-label="Camera before" disabled=${names.length < 2}><${Icon} name="left" /></button>
      <button class="quiet icon" onClick=${() => step(1)} aria-label="Next camera" disabled=${names.length < 2}><${Icon} name="right" /></button>
      <button class="quiet icon" onClick=${() => toggleFullscreen(frame.current)} aria-label="Full screen"><${Icon} name="full" /></button>
    </header>
    <div class="view" onClick=${(event) => openAt(event, tracks, camera.size)}>
      <${Picture} camera=${name} size=${camera.size} key=${name} />
      ${camera.why && html`<span class="why-down">${camera.why}</span>`}
    </div>
    <footer>
      <ul class="present" aria-label=${`In the picture of ${name}`}>
        ${unique(tracks).map(
          (track) => html`<li key=${track.global_id}><a href=${address({ identity: track.global_id })}><${Badge} id=${track.global_id} /> ${track.label}</a></li>`,
        )}
        ${tracks.length === 0 && html`<li class="faint">nobody in the picture</li>`}
      </ul>
      <p class="facts">
        ${camera.size && html`<span>${camera.size.join(" × ")} px</span>`}
        ${camera.codec && html`<span>${camera.codec}</span>`}
        <span>${camera.fps} of ${camera.delivered} frames/s looked at</span>
        ${camera.skew !== null && html`<span>${camera.skew.toFixed(2)} s behind the foremost</span>`}
        ${camera.reconnects > 0 && html`<span>${camera.reconnects} reconnects</span>`}
      </p>
    </footer>
  </section>`;
}

function useTracks(name) {
  const [tracks, setTracks] = useState([]);
  useEffect(() => {
    setTracks([]);
    const asking = poll(1, async () => {
      const found = await get("/api/tracks", { camera: name });
      setTracks((before) => (alike(before, found) ? before : found));
    });
    return asking.stop;
  }, [name]);
  return tracks;
}

function unique(tracks) {
  const known = new Map(tracks.filter((each) => each.global_id).map((each) => [each.global_id, each]));
  return [...known.values()].sort((one, other) => one.global_id - other.global_id);
}

/** Opens whom the picture was clicked on. */
function openAt(event, tracks, size) {
  const canvas = event.currentTarget.querySelector("canvas");
  if (!size || event.target !== canvas) return;
  const box = canvas.getBoundingClientRect();
  const scale = Math.min(box.width / size[0], box.height / size[1]);
  const x = (event.clientX - box.left - (box.width - size[0] * scale) / 2) / scale;
  const y = (event.clientY - box.top - (box.height - size[1] * scale) / 2) / scale;
  const hit = tracks.filter(
    ({ global_id: id, xyxy: [left, top, right, bottom] }) =>
      id && x >= left && x <= right && y >= top && y <= bottom,
  );
  const area = ({ xyxy: [left, top, right, bottom] }) => (right - left) * (bottom - top);
  hit.sort((one, other) => area(one) - area(other));
  if (hit.length) open({ identity: hit[0].global_id });
}

export function toggleFullscreen(element) {
  if (document.fullscreenElement) document.exitFullscreen();
  else element?.requestFullscreen?.().catch(() => {}); // the browser may refuse: nothing is lost
}
