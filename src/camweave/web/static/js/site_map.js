// The site as a graph: a place for each camera, an arrow for each way that was taken.

import { html } from "../vendor/htm-preact.js";
import { idPaint } from "./colours.js";
import { counts } from "./site.js";
import { useStore } from "./store.js";

const WIDTH = 400;
const NODE = 9; // radius
const SIDE = 100; // px for names to the left and to the right
const NAMED = 16; // cameras that are named in the map; of more, those that were seen
const FEW = 8; // cameras that a low map has room for

/** With `journey`, an identity's stays: its way, numbered, over all the others'. */
export function SiteMap({ journey = null, id = 0 }) {
  const { cameras, journeys } = useStore(counts, (all) => ({ cameras: all.cameras, journeys: all.journeys }));
  if (!cameras.length) return null;
  const height = cameras.length > FEW ? 320 : cameras.length > 2 ? 240 : 110;
  const place = places(cameras, journeys, height);
  const most = Math.max(1, ...journeys.flat());
  const legs = journey ? legsOf(journey) : [];
  const seen = new Set(journey?.map((stay) => stay.key[0]) ?? []);
  const told = journey
    ? `Way of ${id}: ${legs.length ? legs.map(({ from, to }) => `${from} to ${to}`).join(", ") : [...seen].join(", ")}`
    : "Cameras and the ways between them";
  return html`<svg class="site-map" viewBox=${`0 0 ${WIDTH} ${height}`} role="img" aria-label=${told}>
    <defs>
      <marker id=${`arrow-${id}`} viewBox="0 0 8 8" refX="6" refY="4" markerUnits="userSpaceOnUse" markerWidth="13" markerHeight="13" orient="auto-start-reverse"><path d="M0 0.5 8 4 0 7.5z" /></marker>
    </defs>
    ${cameras.flatMap((from, row) =>
      cameras.map((to, at) => {
        const count = journeys[row]?.[at];
        if (!count || row === at) return null;
        return html`<path key=${`${from}>${to}`} class="way" d=${curve(place.get(from), place.get(to))} stroke-width=${1 + (3 * count) / most} marker-end=${`url(#arrow-${id})`}><title>${`${from} to ${to}: ${count}`}</title></path>`;
      }),
    )}
    ${legs.map(
      ({ from, to, count }) => html`<path key=${`leg ${from}>${to}`} class="leg" d=${curve(place.get(from), place.get(to))} stroke=${idPaint(id)} stroke-width=${Math.min(5, 2 + count / 2)} marker-end=${`url(#arrow-${id})`}><title>${`${from} to ${to}: ${count} times`}</title></path>`,
    )}
    ${cameras.map((camera) => {
      const [x, y] = place.get(camera);
      return html`<g key=${camera} class=${seen.has(camera) ? "seen" : ""} transform=${`translate(${x} ${y})`}>
        <circle r=${NODE} style=${{ stroke: seen.has(camera) ? idPaint(id) : "" }} />
        ${(cameras.length <= NAMED || seen.has(camera)) && html`<text ...${beside(x, y, height)}>${camera}</text>`}
        <title>${camera}</title>
      </g>`;
    })}
  </svg>`;
}

/** Where a name stands: outside of the ellipse, so that no two meet. */
function beside(x, y, height) {
  const side = Math.abs(x - WIDTH / 2) < WIDTH / 16 ? 0 : Math.sign(x - WIDTH / 2);
  if (side) return { x: side * (NODE + 5), y: 4, style: { textAnchor: side < 0 ? "end" : "start" } };
  return { y: y <= height / 2 ? -NODE - 6 : NODE + 15 };
}

/** Passages of one identity from camera to camera, and how often each was made. */
function legsOf(stays) {
  const legs = new Map();
  for (let at = 1; at < stays.length; at += 1) {
    const [from, to] = [stays[at - 1].key[0], stays[at].key[0]];
    if (from === to) continue;
    const leg = legs.get(`${from}>${to}`) ?? { from, to, count: 0 };
    leg.count += 1;
    legs.set(`${from}>${to}`, leg);
  }
  return [...legs.values()];
}

/** A place on an ellipse for each camera; those with much between them are neighbours. */
export function places(cameras, journeys, height) {
  const between = (one, other) => (journeys[one]?.[other] ?? 0) + (journeys[other]?.[one] ?? 0);
  const chain = [0];
  const left = new Set(cameras.map((_, at) => at).slice(1));
  while (left.size) {
    const last = chain.at(-1);
    const next = [...left].sort((one, other) => between(last, other) - between(last, one) || one - other)[0];
    chain.push(next);
    left.delete(next);
  }
  const [x, y] = [WIDTH / 2, height / 2];
  return new Map(
    chain.map((camera, at) => {
      const angle = Math.PI + (2 * Math.PI * at) / chain.length;
      return [cameras[camera], [x + (x - SIDE) * Math.cos(angle), y + (y - 40) * Math.sin(angle)]];
    }),
  );
}

/** A bent line, so that the way there and the way back are two. */
function curve([x1, y1], [x2, y2]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const long = Math.hypot(dx, dy) || 1;
  const [ux, uy] = [dx / long, dy / long];
  const bend = Math.min(30, 0.16 * long);
  const [cx, cy] = [(x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend];
  const [sx, sy] = toward([x1, y1], [cx, cy], NODE + 2);
  const [ex, ey] = toward([x2, y2], [cx, cy], NODE + 6);
  return `M${sx.toFixed(1)} ${sy.toFixed(1)}Q${cx.toFixed(1)} ${cy.toFixed(1)} ${ex.toFixed(1)} ${ey.toFixed(1)}`;
}

function toward([x, y], [tx, ty], by) {
  const long = Math.hypot(tx - x, ty - y) || 1;
  return [x + ((tx - x) / long) * by, y + ((ty - y) / long) * by];
}
