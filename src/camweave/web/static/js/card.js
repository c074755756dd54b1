// One identity in a few words and pictures.

import { html, useEffect, useState } from "../vendor/htm-preact.js";
import { portraitOf } from "./api.js";
import { Badge } from "./badge.js";
import { ago, ticks } from "./clock.js";
import { address } from "./route.js";

const CROPS = 4;

export function Card({ card, similarity = null }) {
  const here = card.here.length > 0;
  const crops = card.portraits.slice(0, CROPS);
  return html`<li class="card" data-here=${here} data-identity=${card.global_id}>
    <a href=${address({ identity: card.global_id })}>
      <span class="card-head">
        <${Badge} id=${card.global_id} />
        <b>${card.label}</b>
        ${similarity !== null && html`<span class="alike">${(100 * similarity).toFixed(0)} % alike</span>`}
      </span>
      <span class="crops">
        ${crops.map(
          (key) => html`<span class="crop" key=${key.join("/")}>
            <img src=${portraitOf(key)} alt=${`${card.global_id} in ${key[0]}`} loading="lazy" decoding="async" width="48" height="72" />
            <span>${key[0]}</span>
          </span>`,
        )}
        ${crops.length === 0 && html`<span class="crop none">no picture</span>`}
      </span>
      <span class="card-foot">
        <span class="where">${here ? html`<span class="here">now in ${card.here.join(", ")}</span>` : html`<${Ago} time=${card.last} />`}</span>
        ${card.cameras.length > 1 && !here && html`<span>${card.cameras.length} cameras</span>`}
      </span>
    </a>
  </li>`;
}

/** How long ago, as time goes by. */
export function Ago({ time }) {
  const [text, setText] = useState(() => ago(time));
  useEffect(() => ticks(() => setText(ago(time))), [time]);
  return html`<span>${text}</span>`;
}
