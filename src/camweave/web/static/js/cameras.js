// All cameras in a grid that fills the window; one of them large.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { Large } from "./large.js";
import { open, route } from "./route.js";
import { cameras } from "./site.js";
import { useStore } from "./store.js";
import { Tile } from "./tile.js";

const SHAPE = 16 / 9;
const FOOT = 34; // px under a picture
const GAP = 10; // px
const NARROWEST = 200; // px of a tile, unless the window is narrower

/** Columns and width of tiles so that `count` of them are as large as can be in this room. */
export function arranged(count, width, height) {
  let best = { columns: 1, tile: 0, fits: false };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const wide = (width - GAP * (columns - 1)) / columns;
    const tall = ((height - GAP * (rows - 1)) / rows - FOOT) * SHAPE;
    const tile = Math.floor(Math.min(wide, tall));
    if (tile > best.tile) best = { columns, tile, fits: true };
  }
  if (best.tile >= Math.min(NARROWEST, width)) return best;
  const columns = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP)));
  return { columns, tile: Math.floor((width - GAP * (columns - 1)) / columns), fits: false };
}

export function Cameras() {
  const names = useStore(cameras, (all) => all.map((each) => each.name));
  const large = useStore(route, (now) => now.camera);
  const there = names.includes(large);
  return html`<main class="stage" id="cameras" aria-label="Cameras" tabindex="-1">
    <${Grid} names=${names} hidden=${there} />
    ${there && html`<${Large} name=${large} names=${names} key="large" />`}
    ${large && !there && names.length > 0 && html`<p class="empty">There is no camera ${large}. <a href="#">All cameras</a></p>`}
  </main>`;
}

function Grid({ names, hidden }) {
  const room = useRef(null);
  const [chosen, choose] = useState(0);
  const [plan, setPlan] = useState({ columns: 1, tile: 0 });
  const was = useRef(hidden);
  useEffect(() => {
    const measure = () => {
      const { clientWidth, clientHeight } = room.current;
      if (!clientWidth) return;
      const phone = matchMedia("(max-width: 859px)").matches;
      setPlan(arranged(names.length, clientWidth - 2 * GAP, phone ? 0 : clientHeight - 2 * GAP));
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(room.current);
    measure();
    return () => watcher.disconnect();
  }, [names.length]);
  useEffect(() => {
    if (was.current && !hidden) focusTile(room.current, chosen);
    was.current = hidden;
  }, [hidden]);
  const onKeyDown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -plan.columns, ArrowDown: plan.columns }[event.key];
    const to = { Home: 0, End: names.length - 1 }[event.key] ?? chosen + (by ?? Number.NaN);
    if (!(to >= 0 && to < names.length) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    choose(to);
    focusTile(room.current, to);
  };
  return html`<div
    class="grid"
    ref=${room}
    hidden=${hidden}
    onKeyDown=${onKeyDown}
    style=${{ "--columns": plan.columns, "--tile": `${plan.tile}px` }}
  >
    ${names.length === 0 && html`<p class="empty">Waiting for the cameras …</p>`}
    ${plan.tile > 0 &&
    names.map(
      (name, index) => html`<${Tile}
        key=${name}
        name=${name}
        index=${index}
        chosen=${index === Math.min(chosen, names.length - 1)}
        onFocus=${choose}
        onOpen=${(camera) => open({ camera })}
      />`,
    )}
  </div>`;
}

function focusTile(room, index) {
  room?.querySelector(`[data-index="${index}"]`)?.focus();
}
