// Why two tracklets are held to be one: their crops side by side, and all that the decision rests on.

import { html } from "../vendor/htm-preact.js";
import { span, timeOfDay } from "./clock.js";
import { Crop, nameOf } from "./journey.js";

const HOW = {
  fragment: "pieces of one track",
  follows: "left here, came there",
  overlap: "seen by both at once",
  looks: "looks the same",
  hand: "said by a person",
};
const PARTS = [["appearance", "looks"], ["transition", "time of passage"], ["ground", "place on the ground"], ["attributes", "attributes"]];

export function Why({ links, stays, busy, ask }) {
  if (!links.length && busy) return html`<p class="faint" role="status">Asking the linker …</p>`;
  if (!links.length) {
    return html`<p class="faint">${stays.length > 1 ? "The evidence is no longer kept; the journal has it." : "It was seen once: there is nothing to link."}</p>`;
  }
  return html`<p class="faint">Evidence is in nats: 3 nats are odds of 20 to 1 for being one, below 0 it speaks against.</p>
    <ol class="links">
      ${links.map((link) => html`<${LinkTold} key=${`${nameOf(link.one)}-${nameOf(link.other)}`} link=${link} stays=${stays} ask=${ask} />`)}
    </ol>`;
}

function LinkTold({ link, stays, ask }) {
  const kept = (key) => stays.find((stay) => nameOf(stay.key) === nameOf(key))?.portrait ?? true;
  const [one, other] = [nameOf(link.one), nameOf(link.other)];
  const lock = (together) =>
    ask({
      text: together ? `Keep ${one} and ${other} together, whatever is found out later?` : `${one} and ${other} are not one, whatever is found out later?`,
      path: "/api/identities/lock",
      body: { one: keyOf(link.one), other: keyOf(link.other), together },
    });
  return html`<li class="link">
    <div class="pair">
      <figure><${Crop} of=${link.one} there=${kept(link.one)} time=${link.crops?.[0].time} large /><figcaption>${one}${link.crops && html`<time>${timeOfDay(link.crops[0].time)}</time>`}</figcaption></figure>
      <figure><${Crop} of=${link.other} there=${kept(link.other)} time=${link.crops?.[1].time} large /><figcaption>${other}${link.crops && html`<time>${timeOfDay(link.crops[1].time)}</time>`}</figcaption></figure>
    </div>
    <div class="reasons">
      <p class="verdict"><b>${HOW[link.how] ?? link.how}</b> <span>${signed(link.evidence)} nats</span> <span class="faint">${odds(link.evidence)}</span></p>
      <${Evidence} link=${link} />
      <dl>
        ${fact("similarity", link.similarity?.toFixed(3))}
        ${fact("edge", link.edge)}
        ${fact(link.gap < 0 ? "seen together for" : "time between", span(Math.abs(link.gap)))}
        ${fact("window", link.window && link.window.map((each) => (each === null ? "∞" : `${Number(each.toFixed(1))} s`)).join(" to "))}
        ${fact("apart on the ground", link.distance !== null && `${link.distance.toFixed(2)} m`)}
        ${fact("runner-up", link.runner_up && nameOf(link.runner_up))}
        ${fact("margin", link.margin !== null && `${signed(link.margin)} ahead of the runner-up`)}
      </dl>
      ${link.runner_up && html`<details><summary>See the runner-up</summary><${Crop} of=${link.runner_up} large /></details>`}
      <div class="says">
        <button class="small" onClick=${() => lock(true)} aria-label=${`Lock ${one} and ${other} together`}>Lock together</button>
        <button class="small" onClick=${() => lock(false)} aria-label=${`${one} and ${other} are not one`}>Not one</button>
      </div>
    </div>
  </li>`;
}

const keyOf = ([camera, tracklet_id]) => ({ camera, tracklet_id });
const fact = (name, value) => value && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
const signed = (value) => `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;

/** The same as odds, for those who do not think in nats. */
function odds(nats) {
  const times = Math.exp(Math.abs(nats));
  const told = times >= 1e6 ? "over a million" : times >= 10 ? Math.round(times).toLocaleString("en") : times.toFixed(1);
  return nats >= 0 ? `${told} to 1` : `1 to ${told}`;
}

/** What speaks for it to the right of the middle, what against to the left. */
function Evidence({ link }) {
  const parts = PARTS.map(([key, name]) => [name, link[key]]).filter(([, value]) => value !== null && value !== undefined);
  if (!parts.length) return null;
  const most = Math.max(3, ...parts.map(([, value]) => Math.abs(value)));
  return html`<table class="evidence">
    <caption class="unseen">Evidence in nats by part</caption>
    <tbody>
      ${parts.map(([name, value]) => {
        const share = (50 * Math.abs(value)) / most;
        return html`<tr key=${name}>
          <th scope="row">${name}</th>
          <td class="bar" aria-hidden="true"><i data-for=${value >= 0} style=${{ width: `${share}%`, left: `${value >= 0 ? 50 : 50 - share}%` }} /></td>
          <td>${signed(value)}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
