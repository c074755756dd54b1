// What people say about who is who: asked back once, done, and taken back by a press.

import { html, useEffect, useRef, useState } from "../vendor/htm-preact.js";
import { post } from "./api.js";
import { nameOf } from "./journey.js";
import { refresh } from "./site.js";
import { Store, useStore } from "./store.js";

/** Corrections of this page that stand, and what came of the last one. */
const said = new Store({ standing: [], told: "" });

async function say({ path, body, text }) {
  const { correction } = await post(path, body);
  said.value = { standing: [...said.value.standing, { correction, text }], told: `Noted as correction ${correction}.` };
  refresh();
}

/** Takes a correction back; the last one, if no number is said. */
export async function takeBack(number) {
  await post("/api/identities/undo", { correction: number });
  const standing = said.value.standing.filter((each) => each.correction !== number);
  said.value = { standing: number === null ? standing.slice(0, -1) : standing, told: number === null ? "The last correction is taken back." : `Correction ${number} is taken back.` };
  refresh();
}

/** "Really?", and what came of it; with undo. */
export function Confirmation({ asked, ask, done }) {
  const { standing, told } = useStore(said);
  const [refused, setRefused] = useState("");
  const [busy, setBusy] = useState(false);
  const yes = useRef(null);
  useEffect(() => {
    if (!asked) return;
    setRefused("");
    yes.current?.focus();
    yes.current?.scrollIntoView({ block: "nearest" });
  }, [asked]);
  const attempt = async (job) => {
    setBusy(true);
    setRefused("");
    try {
      await job();
      ask(null);
      done();
    } catch (error) {
      setRefused(`Not done: ${error.message}`);
    }
    setBusy(false);
  };
  const last = standing.at(-1)?.correction ?? null;
  const undo = () =>
    last === null
      ? ask({ text: "Take back the last correction that anybody made?", job: () => takeBack(null) })
      : attempt(() => takeBack(last));
  return html`<div class="confirmation" data-asked=${asked !== null}>
    ${asked
      ? html`<p>${asked.text}</p>
          <button class="strong" ref=${yes} disabled=${busy} onClick=${() => attempt(asked.job ?? (() => say(asked)))}>Yes</button>
          <button onClick=${() => { ask(null); setRefused(""); }}>No</button>`
      : html`<p role="status">${refused ? "" : told}</p>
          <button class="quiet small" disabled=${busy} onClick=${undo}>${last === null ? "Undo a correction" : `Undo correction ${last}`}</button>`}
    <p class="refused" role="alert">${refused}</p>
  </div>`;
}

/** These stays are somebody else. */
export function SplitForm({ id, stays, chosen, ask }) {
  const keys = stays.map((stay) => stay.key).filter((key) => chosen.includes(nameOf(key)));
  const all = keys.length === stays.length;
  const split = () =>
    ask({
      text: `Split ${keys.map(nameOf).join(", ")} off ${id}?`,
      path: "/api/identities/split",
      body: { identity: id, tracklets: keys.map(([camera, tracklet_id]) => ({ camera, tracklet_id })) },
    });
  return html`<div class="form-line">
    <button disabled=${!keys.length || all} onClick=${split}>Split off ${keys.length || ""}</button>
    <span class="faint">${!keys.length ? "Tick the stays that are somebody else." : all ? "Leave at least one." : "becomes somebody else, and stays so"}</span>
  </div>`;
}

/** Two are one. */
export function MergeForm({ id, ask }) {
  const [other, setOther] = useState("");
  const good = /^[1-9]\d{0,14}$/.test(other) && Number(other) !== id;
  const merge = (event) => {
    event.preventDefault();
    if (!good) return;
    const [older, younger] = [Math.min(id, Number(other)), Math.max(id, Number(other))];
    ask({
      text: `Merge ${older} and ${younger}? ${older} stays, ${younger} becomes another name of it.`,
      path: "/api/identities/merge",
      body: { one: id, other: Number(other) },
    });
  };
  return html`<form class="form-line" onSubmit=${merge}>
    <label for="merge-with">Is the same as</label>
    <input id="merge-with" inputmode="numeric" autocomplete="off" size="6" placeholder="number" value=${other} onInput=${(event) => setOther(event.target.value.trim().replace(/^#/, ""))} />
    <button disabled=${!good}>Merge</button>
  </form>`;
}
