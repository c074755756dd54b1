// What happens on the site, as it does.

import { get } from "./api.js";
import { Store } from "./store.js";

const KEPT = 400;
const KINDS = ["entered", "left", "linked", "merged", "split", "corrected", "undone", "camera", "site"];
const AGAIN = 3000; // ms

export const happenings = new Store([]); // the newest first
const heard = new Set(); // who wants to know at once
let newest = 0;
let gathering = []; // heard, and not yet shown: many at once are drawn once

/** Calls `hear` with each thing that happens from now on. */
export function onHappening(hear) {
  heard.add(hear);
  return () => heard.delete(hear);
}

/** Listens, and goes on listening. */
export function listen() {
  const source = new EventSource("/api/events");
  const take = ({ data }) => add([JSON.parse(data)]);
  for (const kind of KINDS) source.addEventListener(kind, take);
  // Before the first event there was a past, and a server that began anew counts from 1 again.
  source.onopen = async () => {
    const past = await get("/api/happenings").catch(() => null);
    if (past === null) return;
    if ((past.at(-1)?.seq ?? 0) < newest) {
      source.close();
      newest = 0;
      gathering = []; // also what came while the past was asked for: the new past has it
      happenings.value = [];
      listen();
      return;
    }
    add(past);
  };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN);
  };
}

function add(found) {
  const news = found.filter((each) => each.seq > newest);
  if (!news.length) return;
  newest = news.at(-1).seq;
  if (!gathering.length) setTimeout(show, 200);
  gathering.push(...news);
}

function show() {
  const news = gathering;
  gathering = [];
  if (!news.length) return;
  happenings.value = [...news.toReversed(), ...happenings.value].slice(0, KEPT);
  for (const hear of heard) hear(news);
}
