// The list of what happens, the newest on top.

import { html, useState } from "../vendor/htm-preact.js";
import { timeOfDay } from "./clock.js";
import { happenings } from "./happenings.js";
import { address } from "./route.js";
import { takeBack } from "./corrections.js";
import { useStore } from "./store.js";

const GROUPS = [
  ["comings", "Comings and goings", ["entered", "left"]],
  ["who", "Who is who", ["linked", "merged", "split"]],
  ["people", "Corrections", ["corrected", "undone"]],
  ["cameras", "Cameras", ["camera", "site"]],
];
const SHOWN = 200;

export function Events() {
  const all = useStore(happenings);
  const [left, leave] = useState([]);
  const wanted = GROUPS.filter(([key]) => !left.includes(key)).flatMap(([, , kinds]) => kinds);
  // That somebody has left is known a while after it was so.
  const shown = all
    .filter((each) => wanted.includes(each.kind))
    .slice(0, SHOWN)
    .sort((one, other) => other.time - one.time || other.seq - one.seq);
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

function Line({ kind, time, text, global_id: id, correction }) {
  const body = html`<i class="kind" data-kind=${kind} role="img" aria-label=${kind} /><span>${text}</span>`;
  return html`<li>
    <time>${timeOfDay(time)}</time>
    ${id ? html`<a href=${address({ identity: id })}>${body}</a>` : html`<span class="said">${body}</span>`}
    ${kind === "corrected" && correction && html`<${Undo} number=${correction} />`}
  </li>`;
}

/** Takes a correction back; gone once it is. */
function Undo({ number }) {
  const [state, setState] = useState("");
  const undone = useStore(happenings, (all) => all.some((each) => each.kind === "undone" && each.correction === number));
  if (undone) return null;
  const undo = async () => {
    setState("busy");
    try {
      await takeBack(number);
      setState("");
    } catch (error) {
      setState(`Not done: ${error.message}`);
    }
  };
  return html`<span class="undo">
    <button class="quiet small" disabled=${state === "busy"} onClick=${undo} aria-label=${`Undo correction ${number}`}>Undo</button>
    ${state && state !== "busy" && html`<span class="refused" role="alert">${state}</span>`}
  </span>`;
}
