// How many different objects there were, where, and which ways they went.

import { html } from "../vendor/htm-preact.js";
import { SiteMap } from "./site_map.js";
import { counts } from "./site.js";
import { useStore } from "./store.js";

export function Counts() {
  const { labels, cameras, in_all: all, in_camera: each, journeys } = useStore(counts);
  if (!labels.length) return html`<section class="pane" aria-label="Counts"><p class="empty">Nobody was seen yet.</p></section>`;
  return html`<section class="pane scroll" aria-label="Counts" tabindex="0">
    <div class="totals">
      ${labels.map((label, at) => html`<p key=${label}><b>${all[at]}</b> ${label}</p>`)}
    </div>
    <h2>Different objects</h2>
    <div class="table" tabindex="0" role="region" aria-label="Different objects by camera and class">
      <table>
        <thead><tr><th scope="col">camera</th>${labels.map((label) => html`<th scope="col" key=${label}>${label}</th>`)}</tr></thead>
        <tbody>
          ${cameras.map(
            (camera, row) => html`<tr key=${camera}><th scope="row">${camera}</th>${labels.map((label, at) => html`<td key=${label}>${each[row][at]}</td>`)}</tr>`,
          )}
        </tbody>
        <tfoot><tr><th scope="row">whole site</th>${labels.map((label, at) => html`<td key=${label}>${all[at]}</td>`)}</tr></tfoot>
      </table>
    </div>
    <p class="faint">One seen by several cameras is counted once for the whole site.</p>
    ${cameras.length > 1 && html`<${Ways} cameras=${cameras} journeys=${journeys} />`}
  </section>`;
}

function Ways({ cameras, journeys }) {
  const most = Math.max(1, ...journeys.flat());
  return html`<h2>Ways between cameras</h2>
    <${SiteMap} />
    <div class="table" tabindex="0" role="region" aria-label="Passages from camera to camera">
      <table class="ways">
        <thead>
          <tr><th scope="col">from ↓ to →</th>${cameras.map((camera) => html`<th scope="col" key=${camera}>${camera}</th>`)}</tr>
        </thead>
        <tbody>
          ${cameras.map(
            (from, row) => html`<tr key=${from}>
              <th scope="row">${from}</th>
              ${journeys[row].map(
                (count, at) => html`<td
                  key=${cameras[at]}
                  class=${row === at ? "self" : ""}
                  style=${{ "--share": count ? 0.12 + (0.6 * count) / most : 0 }}
                >${row === at ? "" : count || "·"}</td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
