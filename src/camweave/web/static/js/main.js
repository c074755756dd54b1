// The dashboard: cameras, and beside them who was seen, what happens, and how many there were.

import { html, render, useEffect, useState } from "../vendor/htm-preact.js";
import { trouble } from "./api.js";
import { Cameras } from "./cameras.js";
import { Counts } from "./counts.js";
import { Events } from "./events.js";
import { Ground, useGround } from "./ground.js";
import { listen, onHappening } from "./happenings.js";
import { Icon } from "./icons.js";
import { Identities } from "./identities.js";
import { IdentityDialog } from "./identity.js";
import { helpOpen, KeysDialog, useKeys } from "./keys.js";
import { address, PANES, route } from "./route.js";
import { DropZone } from "./search.js";
import { cameras } from "./site.js";
import { useStore } from "./store.js";
import { nextTheme, theme } from "./theme.js";

const SITE = document.querySelector('meta[name="camweave-site"]').content;
const NARROW = matchMedia("(max-width: 859px)");
const PANELS = { identities: Identities, events: Events, counts: Counts, map: Ground };

function App() {
  const pane = useStore(route, (now) => now.pane);
  const narrow = useNarrow();
  useKeys();
  const beside = narrow || pane !== "cameras" ? pane : "identities";
  const Panel = PANELS[beside];
  const ground = useGround();
  const panes = PANES.filter((each) => each !== "map" || ground || pane === "map");
  return html`<div class="page" data-pane=${pane}>
    <${Top} />
    <nav aria-label="Views">
      ${panes.map((each) => html`<a key=${each} href=${address({ pane: each, camera: each === "cameras" ? null : route.value.camera })} class=${`to-${each}`} aria-current=${(narrow ? pane : beside) === each ? "page" : null}>${each}</a>`)}
    </nav>
    ${(!narrow || pane === "cameras") && html`<${Cameras} />`}
    ${Panel && html`<aside class="panel"><${Panel} /></aside>`}
    <${IdentityDialog} />
    <${KeysDialog} />
    <${DropZone} />
    <${Announcer} />
  </div>`;
}

function useNarrow() {
  const [narrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const hear = () => setNarrow(NARROW.matches);
    NARROW.addEventListener("change", hear);
    return () => NARROW.removeEventListener("change", hear);
  }, []);
  return narrow;
}

function Top() {
  const broken = useStore(trouble);
  const well = useStore(cameras, (all) => `${all.filter((each) => each.standing === "in step").length} of ${all.length}`);
  const over = useStore(cameras, (all) => all.length > 0 && all.every((each) => each.standing === "over"));
  const now = useStore(theme);
  return html`<header class="top">
    <img src="/static/icon.svg" alt="" width="28" height="28" />
    <p class="site">${SITE}</p>
    <p class="well" data-broken=${broken !== ""} role="status">${broken || (over ? "it is over" : html`<span><b>${well}</b> in step</span>`)}</p>
    <span class="fill" />
    <button class="quiet icon" onClick=${nextTheme} aria-label=${`Colours: ${now}`} title=${`Colours: ${now}`}><${Icon} name=${now} /></button>
    <button class="quiet icon" onClick=${() => { helpOpen.value = true; }} aria-label="Keys" title="Keys"><${Icon} name="keys" /></button>
  </header>`;
}

/** Says aloud what cannot wait: that a camera is up or down. The rest is in the list. */
function Announcer() {
  const [text, setText] = useState("");
  useEffect(() => onHappening((news) => {
    const last = news.filter((each) => each.kind === "camera").at(-1);
    if (last) setText(last.text);
  }), []);
  return html`<p class="unseen" role="status">${text}</p>`;
}

render(html`<${App} />`, document.getElementById("app"));
listen();
