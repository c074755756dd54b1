// Where people stand on the ground, seen from above: where the cameras are calibrated.

import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { get, poll } from "./api.js";
import { idPaint } from "./colours.js";
import { Store, useStore } from "./store.js";

const LONGEST = 600; // places of one identity
const MOST = 500; // identities

const trails = new Map(); // global id -> places, m
const known = new Store(0); // rises with every look that told places

/** Looks where everybody is, once a second. Only while a page asks for it. */
async function look() {
  const found = await get("/api/tracks");
  let told = false;
  for (const { global_id: id, place } of found) {
    if (!id || !place) continue;
    told = true;
    const trail = trails.get(id) ?? [];
    trails.delete(id); // so that those who were seen last stand last
    trails.set(id, [...trail, place].slice(-LONGEST));
  }
  while (trails.size > MOST) trails.delete(trails.keys().next().value);
  if (told) known.value += 1;
}

/** The way of one identity since the page was opened, over where all the others were. */
export function GroundMap({ id }) {
  const canvas = useRef(null);
  const looks = useStore(known);
  useEffect(() => poll(1, look).stop, []);
  useEffect(() => {
    if (canvas.current) paint(canvas.current, id);
  }, [looks, id]);
  if (!trails.size) return null;
  return html`<canvas class="ground" ref=${canvas} role="img" aria-label=${`Way of ${id} on the ground, from above`} />`;
}

function paint(canvas, id) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = Math.min(2, devicePixelRatio);
  canvas.width = width * scale;
  canvas.height = height * scale;
  const places = [...trails.values()].flat();
  const [xs, ys] = [places.map(([x]) => x), places.map(([, y]) => y)];
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const px = Math.min((width - 24) / (right - left || 1), (height - 24) / (high - low || 1));
  const at = ([x, y]) => [width / 2 + (x - (left + right) / 2) * px, height / 2 - (y - (low + high) / 2) * px];
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  context.lineWidth = 3;
  context.lineJoin = "round";
  for (const [who, trail] of [...trails].sort(([one], [other]) => (one === id) - (other === id))) {
    context.globalAlpha = who === id ? 1 : 0.15;
    context.strokeStyle = context.fillStyle = idPaint(who);
    context.beginPath();
    for (const place of trail) context.lineTo(...at(place));
    context.stroke();
    context.beginPath();
    context.arc(...at(trail.at(-1)), who === id ? 6 : 4, 0, 7);
    context.fill();
  }
}
