// One identity: where it was, why that is held to be one, and what people have to say about it.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { get, poll } from "./api.js";
import { Badge } from "./badge.js";
import { Ago } from "./card.js";
import { timeOfDay } from "./clock.js";
import { Confirmation, MergeForm, SplitForm } from "./corrections.js";
import { GroundMap } from "./ground.js";
import { onHappening } from "./happenings.js";
import { Icon } from "./icons.js";
import { Stays, TimeLine } from "./journey.js";
import { open, route } from "./route.js";
import { SiteMap } from "./site_map.js";
import { useStore } from "./store.js";
import { Why } from "./why.js";

export function IdentityDialog() {
  const id = useStore(route, (now) => now.identity);
  return id && html`<${Dialog} id=${id} key=${id} />`;
}

function Dialog({ id }) {
  const dialog = useRef(null);
  const { journey, refused, again } = useJourney(id);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const close = () => open({ identity: null });
  const closing = (event) => {
    if (event.target === dialog.current) close(); // the ground beside it
  };
  return html`<dialog class="sheet" ref=${dialog} aria-label=${`Identity ${id}`} onClick=${closing} onCancel=${(event) => { event.preventDefault(); close(); }}>
    <div class="sheet-body">
      <header class="sheet-head">
        ${journey ? html`<${Name} ...${journey.card} />` : html`<h1><${Badge} id=${id} /></h1>`}
        <span class="fill" />
        <button class="quiet icon" onClick=${close} aria-label="Close"><${Icon} name="close" /></button>
      </header>
      ${journey ? html`<${Told} id=${id} journey=${journey} again=${again} />` : html`<p class="empty" role="status">${refused || "Looking …"}</p>`}
    </div>
  </dialog>`;
}

function useJourney(id) {
  const [state, setState] = useState({ journey: null, refused: "" });
  const asking = useRef(null);
  useEffect(() => {
    asking.current = poll(3, async () => {
      try {
        const journey = await get(`/api/identities/${id}/journey`);
        // The linker may have had no time to say why: what it said before still stands.
        setState((before) => ({
          journey: journey.more_links ? { ...journey, links: before.journey?.links ?? [] } : journey,
          refused: "",
        }));
      } catch (error) {
        setState(({ journey }) => ({ journey, refused: error.message }));
        throw error;
      }
    });
    const stop = onHappening((news) => news.some((each) => [each.global_id, each.other_id].includes(id)) && asking.current.nudge());
    return () => {
      stop();
      asking.current.stop();
    };
  }, [id]);
  return { ...state, again: () => asking.current?.kick() };
}

const Name = ({ global_id: id, label, here, last, status }) => html`
  <h1><${Badge} id=${id} /> ${label}</h1>
  ${here.length > 0 ? html`<span class="here">now in ${here.join(", ")}</span>` : html`<span class="faint">last seen <${Ago} time=${last} /></span>`}
  <span class="faint wide-only">${status}</span>
`;

function Told({ id, journey: { card, stays, links, more_links: busy }, again }) {
  const [asked, ask] = useState(null); // what a person is about to say
  const [chosen, choose] = useState([]); // stays, by name
  const done = () => {
    choose([]);
    again();
  };
  return html`
    ${card.global_id !== id && html`<p class="note">${id} was found to be ${card.global_id}.</p>`}
    <p class="facts">
      <span>${stays.length} ${stays.length === 1 ? "stay" : "stays"} in ${card.cameras.length} ${card.cameras.length === 1 ? "camera" : "cameras"}</span>
      <span>${timeOfDay(card.first)} to ${timeOfDay(card.last)}</span>
      ${card.aliases.length > 0 && html`<span>also known as ${card.aliases.slice(0, 8).join(", ")}${card.aliases.length > 8 ? " …" : ""}</span>`}
    </p>
    <${Confirmation} asked=${asked} ask=${ask} done=${done} />
    <div class="sheet-columns">
      <section aria-label="Journey">
        <h2>Journey</h2>
        <${TimeLine} stays=${stays} id=${card.global_id} />
        <div class="maps">
          <${SiteMap} journey=${stays} id=${card.global_id} />
          <${GroundMap} id=${card.global_id} stays=${stays} />
        </div>
        <${Stays} stays=${stays} chosen=${chosen} choose=${choose} />
        <${SplitForm} id=${card.global_id} stays=${stays} chosen=${chosen} ask=${ask} />
        <${MergeForm} id=${card.global_id} ask=${ask} />
      </section>
      <section aria-label="Why these are one">
        <h2>Why these are one</h2>
        <${Why} links=${links} stays=${stays} busy=${busy} ask=${ask} />
      </section>
    </div>`;
}
