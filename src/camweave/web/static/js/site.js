// What the page knows of the site, kept up to date.

import { get, poll } from "./api.js";
import { siteNow } from "./clock.js";
import { Store } from "./store.js";

export const cameras = new Store([]); // statuses, in the order of the site
export const counts = new Store({ labels: [], cameras: [], in_all: [], in_camera: [], journeys: [] });
export const ages = new Map(); // camera -> s on the site's clock of what is shown of it

const looked = poll(1, async () => {
  const found = await get("/api/cameras");
  for (const each of found) noteAge(each);
  cameras.value = found.map(shown);
});

const counted = poll(5, async () => {
  counts.value = await get("/api/counts");
});

/** Ask again at once: something has changed. */
export function refresh() {
  looked.kick();
  counted.kick();
}

/** A picture of a camera was drawn that was taken at `time`. */
export function pictureDrawn(camera, time) {
  if (filming(cameraCalled(camera))) ages.set(camera, Math.max(time, ages.get(camera) ?? time));
}

const filming = (camera) => camera?.started && !["down", "over"].includes(camera.standing); // else placeholders are drawn

function noteAge({ condition, age }) {
  const now = siteNow();
  if (age === null || now === null) return;
  const time = now - age;
  if (time > (ages.get(condition.camera) ?? -1)) ages.set(condition.camera, time);
}

/** Only what is drawn of a status, so that nothing is drawn again for the rest. */
function shown({ condition, standing, tracks, looked_fps: fps, skew, age, ground }) {
  return {
    name: condition.camera,
    ground: ground ?? [],
    standing: condition.state === "ended" ? "over" : standing,
    why: standing === "in step" ? "" : condition.reason || (standing === "down" ? condition.state : ""),
    tracks,
    fps: Number(fps.toFixed(fps < 10 ? 1 : 0)),
    skew: skew === null ? null : Number(skew.toFixed(2)),
    started: age !== null,
    size: condition.width && condition.height ? [condition.width, condition.height] : null,
    delivered: Number(condition.delivered_fps.toFixed(1)),
    dropped: condition.frames ? Math.round((100 * condition.dropped) / condition.frames) : 0,
    reconnects: condition.reconnects,
    codec: condition.codec,
  };
}

/** A camera as it stands; undefined where there is none. */
export const cameraCalled = (name) => cameras.value.find((each) => each.name === name);
