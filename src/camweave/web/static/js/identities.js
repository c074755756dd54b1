// Everybody who was seen, as cards, the newest first.

import { html, useEffect } from "../vendor/htm-preact.js";
import { get, poll } from "./api.js";
import { Card } from "./card.js";
import { onHappening } from "./happenings.js";
import { Found, looking, PictureChoice } from "./search.js";
import { counts } from "./site.js";
import { Store, useStore } from "./store.js";

const STEP = 60; // cards that are added by "more"

const filter = new Store({ camera: "", label: "", most: STEP });
const cards = new Store(null);

export function Identities() {
  const wanted = useStore(filter);
  const found = useStore(looking);
  const shown = useStore(cards);
  useEffect(() => {
    const asking = poll(4, async () => {
      cards.value = await get("/api/identities", wanted);
    });
    const stop = onHappening(asking.nudge);
    return () => {
      stop();
      asking.stop();
    };
  }, [JSON.stringify(wanted)]);
  return html`<section class="pane" aria-label="Identities">
    <${Filter} wanted=${wanted} />
    <div class="scroll">
      ${found ? html`<${Found} found=${found} />` : html`<${Cards} cards=${shown} wanted=${wanted} />`}
    </div>
  </section>`;
}

function Filter({ wanted }) {
  const { cameras, labels } = useStore(counts, (all) => ({ cameras: all.cameras, labels: all.labels }));
  const choose = (key) => (event) => {
    filter.value = { ...wanted, [key]: event.target.value, most: STEP };
  };
  return html`<div class="tools">
    <select id="filter-camera" aria-label="Only those seen by" value=${wanted.camera} onChange=${choose("camera")}>
      <option value="">all cameras</option>
      ${cameras.map((camera) => html`<option key=${camera} value=${camera}>${camera}</option>`)}
    </select>
    <select aria-label="Only those of class" value=${wanted.label} onChange=${choose("label")}>
      <option value="">all classes</option>
      ${labels.map((label) => html`<option key=${label} value=${label}>${label}</option>`)}
    </select>
    <${PictureChoice} />
  </div>`;
}

function Cards({ cards: all, wanted }) {
  if (all === null) return html`<p class="empty">Looking …</p>`;
  if (!all.length) {
    const narrow = wanted.camera || wanted.label;
    return html`<p class="empty">${narrow ? "Nobody like that yet." : "Nobody was seen yet."}</p>`;
  }
  const more = () => {
    filter.value = { ...wanted, most: Math.min(1000, wanted.most + STEP) };
  };
  return html`<ul class="cards" aria-label="Identities, the newest first">
      ${all.map((card) => html`<${Card} key=${card.global_id} card=${card} />`)}
    </ul>
    ${all.length >= wanted.most && wanted.most < 1000 && html`<button class="more" onClick=${more}>Show more</button>`}`;
}
