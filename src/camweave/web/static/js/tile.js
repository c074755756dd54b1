// One camera: its picture, how it fares, and how old what is shown is.

import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { siteNow, span, ticks } from "./clock.js";
import { draw } from "./pictures.js";
import { ages, cameras, pictureDrawn } from "./site.js";
import { useStore } from "./store.js";

const OLD = 2; // s: more than a healthy camera is behind
const TOO_OLD = 5;

/** A canvas that shows a camera live. */
export function Picture({ camera, size }) {
  const canvas = useRef(null);
  useEffect(() => draw(canvas.current, camera, (time) => pictureDrawn(camera, time)), [camera]);
  return html`<canvas
    ref=${canvas}
    class="picture"
    role="img"
    aria-label=${`Live picture of ${camera}`}
    width=${size?.[0] ?? 320}
    height=${size?.[1] ?? 180}
  />`;
}

/** How old the picture is; it grows while none comes. Written without drawing anything else. */
export function Age({ camera }) {
  const at = useRef(null);
  useEffect(
    () =>
      ticks(() => {
        const [now, time] = [siteNow(), ages.get(camera)];
        const age = now === null || time === undefined ? null : Math.max(0, now - time);
        const text = age === null ? "–" : span(age);
        const level = age === null || age < OLD ? "" : age < TOO_OLD ? "old" : "too-old";
        if (at.current.textContent !== text) at.current.textContent = text;
        if (at.current.dataset.level !== level) at.current.dataset.level = level;
      }),
    [camera],
  );
  return html`<span class="age" ref=${at} title="age of the picture"></span>`;
}

/** How a camera stands, by word, colour and shape. */
export function Standing({ standing }) {
  return html`<span class="standing" data-standing=${standing}>
    <span class="mark" aria-hidden="true" />${standing}
  </span>`;
}

/** A camera in the grid. */
export function Tile({ name, index, chosen, onOpen, onFocus }) {
  const camera = useStore(cameras, (all) => all.find((each) => each.name === name));
  if (!camera) return null;
  return html`<article class="tile" data-camera=${name} data-standing=${camera.standing}>
    <button
      class="open"
      data-index=${index}
      tabindex=${chosen ? 0 : -1}
      aria-label=${`${name}, ${camera.standing}${camera.why ? `: ${camera.why}` : ""}. Make it large`}
      onClick=${() => onOpen(name)}
      onFocus=${() => onFocus(index)}
    >
      <${Picture} camera=${name} size=${camera.size} />
      ${camera.why && html`<span class="why-down">${camera.why}</span>`}
    </button>
    <footer>
      <span class="name">${name}</span>
      <${Standing} standing=${camera.standing} />
      <span class="number" title="objects in the picture">${camera.started && `${camera.tracks} in view`}</span>
      <${Age} camera=${name} />
    </footer>
  </article>`;
}
