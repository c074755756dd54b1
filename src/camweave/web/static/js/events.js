// The list of what happens, the newest on top.

import { html, useState } from "../vendor/htm-preact.js";
import { timeOfDay } from "./clock.js";
import { happenings } from "./happenings.js";
import { address } from "./route.js";
import { useStore } from "./store.js";

const GROUPS = [
  ["comings", "Comings and goings", ["entered", "left"]],
  ["who", "Who is who", ["linked", "merged", "split"]],
  ["people", "Corrections", ["corrected", "undone"]],
  ["cameras", "Cameras", ["camera"]],
];
const SHOWN = 200;

export function Events() {
  const all = useStore(happenings);
  const [left, leave] = useState([]);
  const wanted = GROUPS.filter(([key]) => !left.includes(key)).flatMap(([, , kinds]) => kinds);
  const shown = all.filter((each) => wanted.includes(each.kind)).slice(0, SHOWN);
  const toggle = (key) => leave(left.includes(key) ? left.filter((each) => each !== key) : [...left, key]);
  return html`<section class="pane" aria-label="Events">
    <div class="tools" role="group" aria-label="Which events">
      ${GROUPS.map(
        ([key, name]) => html`<button class="chip" key=${key} aria-pressed=${String(!left.includes(key))} onClick=${() => toggle(key)}>${name}</button>`,
      )}
    </div>
    <ol class="events scroll" tabindex="0" aria-label="Events, the newest first">
      ${shown.map((each) => html`<${Line} key=${each.seq} ...${each} />`)}
      ${shown.length === 0 && html`<li class="empty">Nothing yet.</li>`}
    </ol>
  </section>`;
}

function Line({ kind, time, text, global_id: id }) {
  const body = html`<i class="kind" data-kind=${kind} role="img" aria-label=${kind} /><span>${text}</span>`;
  return html`<li>
    <time>${timeOfDay(time)}</time>
    ${id ? html`<a href=${address({ identity: id })}>${body}</a>` : html`<span class="said">${body}</span>`}
  </li>`;
}
