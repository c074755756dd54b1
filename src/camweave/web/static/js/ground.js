// The ground seen from above, where the cameras are calibrated: who is where now, and who went where.

import { html, useEffect, useRef } from "../vendor/htm-preact.js";
import { get, poll } from "./api.js";
import { idInk, idPaint } from "./colours.js";
import { open } from "./route.js";
import { cameras } from "./site.js";
import { Store, useStore } from "./store.js";

const LOOK = 0.5; // s between two looks
const PAUSE = 80; // ms between two drawings, as pictures come: the machine may be the cameras' too
const TRAIL = 16; // places behind everybody
const GONE = 4000; // ms without a sight, after which somebody is no longer on the map
const NEAR = 14; // px from somebody that still count as a click on them
const NAME = [70, 14]; // px that a camera's name takes
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

const people = new Map(); // global id -> { at, to, trail, seen }, m
const count = new Store(0);

/** Whether there is a map at all. */
export const useGround = () => useStore(cameras, (all) => all.some((each) => each.ground.length > 0));

async function look() {
  const now = performance.now();
  const sums = new Map();
  for (const { global_id: id, place } of await get("/api/tracks")) {
    if (!id || !place) continue;
    const sum = sums.get(id) ?? [0, 0, 0]; // seen by several cameras: the middle of what they say
    sums.set(id, [sum[0] + place[0], sum[1] + place[1], sum[2] + 1]);
  }
  for (const [id, [x, y, n]] of sums) {
    const to = [x / n, y / n];
    const known = people.get(id);
    const trail = [...(known?.trail ?? []), to].slice(-TRAIL);
    people.set(id, { at: known?.at ?? to, to, trail, seen: now });
  }
  for (const [id, { seen }] of people) if (now - seen > GONE) people.delete(id);
  count.value = people.size;
}

/** All cameras' ground, and everybody on it as they move. */
export function Ground() {
  const canvas = useRef(null);
  const there = useGround();
  const begun = useStore(cameras, (all) => all.some((each) => each.size));
  const size = useStore(count);
  useEffect(() => poll(LOOK, look).stop, []);
  useEffect(() => {
    if (!there) return undefined;
    let [frame, last] = [0, 0];
    const again = (now) => {
      if (now - last >= PAUSE) {
        last = now;
        paint(canvas.current, [], 0);
      }
      frame = requestAnimationFrame(again);
    };
    frame = requestAnimationFrame(again);
    return () => cancelAnimationFrame(frame);
  }, [there]);
  const click = ({ offsetX, offsetY }) => {
    const at = plan(canvas.current, []);
    const [id, far] = [...people].reduce((best, [who, { at: place }]) => {
      const [x, y] = at(place);
      const away = Math.hypot(x - offsetX, y - offsetY);
      return away < best[1] ? [who, away] : best;
    }, [0, NEAR]);
    if (far < NEAR) open({ identity: id });
  };
  return html`<section class="pane" aria-label="Map">
    ${there
      ? html`<canvas class="ground whole" ref=${canvas} onClick=${click} role="img" aria-label=${`Map: ${size} on the ground, seen from above`} />
          <p class="map-told faint"><b>${size}</b> on the ground now. Who is seen by several cameras is one dot.</p>`
      : html`<p class="empty">${begun ? "No camera is calibrated: nobody knows where on the ground things are." : "Waiting for the first pictures …"}</p>`}
  </section>`;
}

/** The way of one identity over the ground, stay by stay. */
export function GroundMap({ id, stays }) {
  const canvas = useRef(null);
  const there = useGround();
  const ways = stays.map((stay) => stay.way).filter((way) => way.length);
  const told = JSON.stringify(ways.map((way) => way.length));
  useEffect(() => {
    if (canvas.current) paint(canvas.current, ways, id);
  }, [told, id, there]);
  if (!there || !ways.length) return null;
  return html`<canvas class="ground" ref=${canvas} role="img" aria-label=${`Way of ${id} on the ground, from above`} />`;
}

/** From metres to px of the canvas: all the ground that is seen, or the ways and what is near them. */
function plan(canvas, ways) {
  const places = ways.length
    ? ways.flat().map(([, x, y]) => [x, y])
    : cameras.value.flatMap((each) => each.ground);
  // Turned by a quarter where that fits the room better: a street is long, a phone is tall.
  const { clientWidth: width, clientHeight: height } = canvas;
  const reach = (axis) => Math.max(...places.map((each) => each[axis])) - Math.min(...places.map((each) => each[axis]));
  const turned = reach(0) > reach(1) !== width > height;
  const lay = ([x, y]) => (turned ? [-y, x] : [x, y]);
  const [xs, ys] = [0, 1].map((axis) => places.map((each) => lay(each)[axis]));
  const margin = ways.length ? 4 : 1; // m
  const [left, right] = [Math.min(...xs) - margin, Math.max(...xs) + margin];
  const [low, high] = [Math.min(...ys) - margin, Math.max(...ys) + margin];
  const px = Math.min((width - 16) / (right - left), (height - 16) / (high - low));
  const at = (place) => {
    const [x, y] = lay(place);
    return [width / 2 + (x - (left + right) / 2) * px, height / 2 - (y - (low + high) / 2) * px];
  };
  return Object.assign(at, { px });
}

function paint(canvas, ways, id) {
  if (!canvas?.clientWidth) return;
  const sharp = Math.min(2, devicePixelRatio);
  const [wide, tall] = [Math.round(canvas.clientWidth * sharp), Math.round(canvas.clientHeight * sharp)];
  if (canvas.width !== wide || canvas.height !== tall) [canvas.width, canvas.height] = [wide, tall];
  const context = canvas.getContext("2d");
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  context.lineJoin = context.lineCap = "round";
  const at = plan(canvas, ways);
  const { color: ink, caretColor: faint, textDecorationColor: accent } = getComputedStyle(canvas);
  views(context, at, faint, accent);
  scale(context, at, canvas, faint);
  if (ways.length) went(context, at, ways, id, ink);
  else everybody(context, at);
}

/** What each camera sees of the ground. */
function views(context, at, faint, accent) {
  const named = [];
  for (const { name, ground } of cameras.value) {
    if (!ground.length) continue;
    const corners = ground.map(at);
    line(context, corners);
    context.closePath();
    context.fillStyle = context.strokeStyle = accent;
    context.globalAlpha = 0.07;
    context.fill();
    context.globalAlpha = 0.3;
    context.lineWidth = 1;
    context.stroke();
    context.globalAlpha = 1;
    const middle = [0, 1].map((axis) => corners.reduce((sum, each) => sum + each[axis], 0) / corners.length);
    named.push(free(middle, named));
    lettered(context, name, named.at(-1), faint);
  }
}

/** A place for a name, moved down while it would lie on another: several may look at one spot. */
function free([x, y], taken) {
  const near = taken.some(([left, top]) => Math.abs(left - x) < NAME[0] && Math.abs(top - y) < NAME[1]);
  return near ? free([x, y + NAME[1]], taken) : [x, y];
}

/** A length to go by. */
function scale(context, at, canvas, faint) {
  const long = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => each * at.px > 50) ?? 1000;
  const [x, y] = [14, canvas.clientHeight - 14];
  context.strokeStyle = faint;
  context.lineWidth = 2;
  line(context, [[x, y - 5], [x, y], [x + long * at.px, y], [x + long * at.px, y - 5]]);
  context.stroke();
  lettered(context, `${long} m`, [x + (long * at.px) / 2, y - 10], faint);
}

function everybody(context, at) {
  const now = performance.now();
  for (const [id, one] of people) {
    const share = STILL.matches ? 1 : 0.35; // of the way that is left, in each drawing
    one.at = one.at.map((each, axis) => each + share * (one.to[axis] - each));
    context.globalAlpha = Math.max(0.15, Math.min(1, 1.6 * (1 - (now - one.seen) / GONE)));
    context.strokeStyle = context.fillStyle = idPaint(id);
    context.lineWidth = 3;
    line(context, [...one.trail.slice(0, -1), one.at].map(at));
    context.stroke();
    pill(context, String(id), at(one.at), idInk(id));
    context.globalAlpha = 1;
  }
}

/** Stay after stay; what lies between them nobody saw. */
function went(context, at, ways, id, ink) {
  context.strokeStyle = context.fillStyle = idPaint(id);
  let before = null;
  for (const way of ways) {
    const places = way.map(([, x, y]) => at([x, y]));
    if (before) {
      context.setLineDash([2, 5]);
      context.lineWidth = 1.5;
      line(context, [before, places[0]]);
      context.stroke();
      context.setLineDash([]);
    }
    context.lineWidth = 3.5;
    line(context, places);
    context.stroke();
    before = places.at(-1);
  }
  const [first, last] = [at(ways[0][0].slice(1)), before];
  dot(context, last, 7);
  context.strokeStyle = ink;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(...first, 4, 0, 7);
  context.stroke();
}

function line(context, points) {
  context.beginPath();
  for (const point of points) context.lineTo(...point);
}

function pill(context, text, [x, y], ink) {
  const wide = 8 + 6 * text.length;
  context.beginPath();
  context.roundRect(x - wide / 2, y - 8, wide, 16, 8);
  context.fill();
  lettered(context, text, [x, y], ink, "bold 10px");
}

function dot(context, place, radius) {
  context.beginPath();
  context.arc(...place, radius, 0, 7);
  context.fill();
}

function lettered(context, text, [x, y], colour, font = "12px") {
  context.font = `${font} system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
