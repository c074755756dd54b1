// The site's clock, whatever this machine's own says; and times in words.

const ANEW = 5; // s

let ahead = null; // s: the site's clock less ours
let epoch = null; // s of Unix time at which the site's clock was at 0

const own = () => performance.now() / 1000;

/** The server told what time it is. */
export function setClock(began, now) {
  if (began !== null && began !== undefined) epoch = began;
  if (now === null || now === undefined) return;
  // What was under way for long tells too early a time; but a clock that began anew is believed.
  const told = now - own();
  if (ahead === null || told > ahead || told < ahead - ANEW) ahead = told;
}

/** S on the site's clock; null where nobody told yet. */
export const siteNow = () => (ahead === null ? null : ahead + own());

const clockTime = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

/** Time of day of a moment on the site's clock, or seconds where the day is not known. */
export function timeOfDay(time) {
  return epoch ? clockTime.format(new Date(1000 * (epoch + time))) : `${time.toFixed(1)} s`;
}

/** A length of time, short: 0.4 s, 12 s, 3:05 min, 2:10 h. */
export function span(seconds) {
  const positive = Math.max(0, seconds);
  if (positive < 9.95) return `${positive.toFixed(1)} s`;
  const whole = Math.round(positive);
  if (whole < 100) return `${whole} s`;
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${two(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${two((whole % 3600) / 60)} h`;
}

/** How long ago a moment of the site's clock was; of a recording, which moment. */
export function ago(time) {
  const now = siteNow();
  if (now === null) return "";
  return epoch ? `${span(now - time)} ago` : `at ${timeOfDay(time)}`;
}

const ticking = new Set();
setInterval(() => document.hidden || ticking.forEach((tick) => tick()), 500);

/** Calls `tick` twice a second, and now. */
export function ticks(tick) {
  ticking.add(tick);
  tick();
  return () => ticking.delete(tick);
}
