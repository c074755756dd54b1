// The server, asked.

import { Store } from "./store.js";

/** "" while the server answers; else why not, for people. */
export const trouble = new Store("");

/** A refusal of the server, with its reason. */
export class Refused extends Error {
  constructor(status, reason) {
    super(reason);
    this.status = status;
  }
}

export async function get(path, params = {}) {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value));
  const answer = await answered(query.size ? `${path}?${query}` : path);
  trouble.value = "";
  return answer.json();
}

export async function post(path, body) {
  const binary = body instanceof Blob;
  const answer = await answered(path, {
    method: "POST",
    headers: { "Content-Type": binary ? body.type : "application/json" },
    body: binary ? body : JSON.stringify(body),
  });
  return answer.json();
}

async function answered(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    trouble.value = "The server does not answer; trying again";
    throw new Refused(0, "the server does not answer");
  }
  if (answer.status === 401) trouble.value = "Open this page with its token: /?token=…";
  if (!answer.ok) throw new Refused(answer.status, await reasonOf(answer));
  return answer;
}

async function reasonOf(answer) {
  const text = await answer.text();
  try {
    const { detail } = JSON.parse(text);
    return typeof detail === "string" ? detail : detail.map((each) => each.msg).join("; ");
  } catch {
    return text.trim() || `status ${answer.status}`;
  }
}

/** The address of a tracklet's portrait: the best one, or that nearest to a time. */
export const portraitOf = ([camera, id], time) =>
  `/api/portraits/${encodeURIComponent(camera)}/${id}.jpg${time === undefined ? "" : `?time=${time.toFixed(3)}`}`;

const APART = 1500; // ms between two looks that events ask for

/**
 * Does `job` every so many seconds while the page is looked at, never twice at once. `kick` has it
 * done now, `nudge` soon: many events ask for one look.
 */
export function poll(seconds, job) {
  let timer = 0;
  let busy = false;
  let wanted = false;
  let over = false;
  let last = 0;
  const run = async () => {
    clearTimeout(timer);
    if (busy) {
      wanted = true;
      return;
    }
    busy = true;
    wanted = false;
    last = performance.now();
    if (!document.hidden) await job().catch(quiet);
    busy = false;
    if (!over) timer = setTimeout(run, wanted ? 300 : 1000 * seconds);
  };
  const seen = () => document.hidden || run();
  document.addEventListener("visibilitychange", seen);
  run();
  return {
    kick: run,
    nudge() {
      if (busy || over) return;
      clearTimeout(timer);
      timer = setTimeout(run, Math.max(0, APART - (performance.now() - last)));
    },
    stop() {
      over = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}

function quiet(error) {
  if (!(error instanceof Refused)) throw error; // ours: the console shall have it
}
