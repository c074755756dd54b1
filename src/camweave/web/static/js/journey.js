// Where one identity was: a line of time for each camera, and the stays one by one.

import { html } from "../vendor/htm-preact.js";
import { portraitOf } from "./api.js";
import { span, timeOfDay } from "./clock.js";
import { idPaint } from "./colours.js";
import { search } from "./search.js";

const ROW = 26; // px
const WIDTH = 1000;
const LEAST = 5; // of WIDTH, so that a short stay can be seen

export const nameOf = ([camera, id]) => `${camera}/${id}`;

/** Bars over time, a row for each camera, joined in the order in which it went. */
export function TimeLine({ stays, id }) {
  if (!stays.length) return null;
  const cameras = [...new Set(stays.map((stay) => stay.key[0]))];
  const begin = stays[0].begin;
  const end = Math.max(...stays.map((stay) => stay.end), begin + 1);
  const x = (time) => (WIDTH * (time - begin)) / (end - begin);
  const y = (stay) => ROW * cameras.indexOf(stay.key[0]) + ROW / 2;
  const told = stays.map((stay) => `${stay.key[0]} ${timeOfDay(stay.begin)} to ${timeOfDay(stay.end)}`).join("; ");
  return html`<figure class="time-line" role="img" aria-label=${`Time line: ${told}`}>
    <div class="rows" aria-hidden="true">${cameras.map((camera) => html`<span key=${camera}>${camera}</span>`)}</div>
    <svg viewBox=${`0 0 ${WIDTH} ${ROW * cameras.length}`} preserveAspectRatio="none" height=${ROW * cameras.length} aria-hidden="true">
      ${cameras.map((camera, row) => html`<line key=${camera} class="rule" x1="0" x2=${WIDTH} y1=${ROW * row + ROW / 2} y2=${ROW * row + ROW / 2} />`)}
      <polyline points=${stays.flatMap((stay) => [`${x(stay.begin)},${y(stay)}`, `${x(stay.end)},${y(stay)}`]).join(" ")} stroke=${idPaint(id)} />
      ${stays.map((stay) => {
        const from = Math.min(x(stay.begin), WIDTH - LEAST);
        return html`<rect key=${nameOf(stay.key)} x=${from} y=${y(stay) - 6} width=${Math.max(LEAST, x(stay.end) - from)} height="12" fill=${idPaint(id)}><title>${`${nameOf(stay.key)}: ${timeOfDay(stay.begin)}, ${span(stay.end - stay.begin)}`}</title></rect>`;
      })}
    </svg>
    <figcaption aria-hidden="true"><time>${timeOfDay(begin)}</time><span>${span(end - begin)}</span><time>${timeOfDay(end)}</time></figcaption>
  </figure>`;
}

/** Every stay with its picture; those that are ticked can be split off. */
export function Stays({ stays, chosen, choose }) {
  const toggle = (name) => choose(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return html`<ol class="stays" aria-label="Stays, in order of time">
    ${stays.map((stay) => {
      const name = nameOf(stay.key);
      return html`<li key=${name} data-chosen=${chosen.includes(name)}>
        <label>
          <input type="checkbox" checked=${chosen.includes(name)} onChange=${() => toggle(name)} aria-label=${`Choose the stay ${name}`} />
          <${Crop} of=${stay.key} there=${stay.portrait} />
          <span class="stay-told">
            <b>${stay.key[0]}</b><span class="faint">/${stay.key[1]}</span>
            <span><time>${timeOfDay(stay.begin)}</time> · ${stay.growing ? html`<span class="here">here now</span>` : span(stay.end - stay.begin)}</span>
          </span>
        </label>
        ${stay.portrait && html`<button class="quiet small" onClick=${() => searchWith(stay.key)} aria-label=${`Who else looks like ${name}`}>look alike</button>`}
      </li>`;
    })}
  </ol>`;
}

async function searchWith(key) {
  const answer = await fetch(portraitOf(key));
  if (answer.ok) search(await answer.blob());
}

/** The best picture of a tracklet, or the one taken nearest to a time. */
export function Crop({ of, there = true, time, large = false }) {
  if (!there) return html`<span class="crop-none" data-large=${large}>no picture</span>`;
  return html`<img class="crop-image" data-large=${large} src=${portraitOf(of, time)} alt=${nameOf(of)} loading="lazy" width=${large ? 96 : 40} height=${large ? 144 : 56} />`;
}
