// Pictures of all cameras over one WebSocket, each drawn on its canvas while that is in sight.

import { setClock } from "./clock.js";

const RUNGS = [160, 320, 480, 640, 960, 1280, 1920]; // px; what the server draws for
const MOST = 256; // cameras in a list: an index is one byte
const SETTLE = 80; // ms in which sizes may change before a new list is sent
const FIRST_WAIT = 500; // ms until the first new try
const LONGEST_WAIT = 8000;
const ASK_TIME = 20_000; // ms between two looks at the site's clock
const HEAD = 13; // bytes: index u8, seq u32, time f64

const seats = new Map(); // canvas -> seat
let socket = null;
let lists = []; // that were sent and not answered yet
let order = []; // seats by index, as the server counts them now
let sent = ""; // the list in force, so that the same is not sent twice
let failures = 0;
let settling = 0;

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const seat = seats.get(target);
      if (seat) seat.seen = isIntersecting;
    }
    settle();
  },
  { rootMargin: "64px" },
);
const sizes = new ResizeObserver(settle);
document.addEventListener("visibilitychange", settle);
setInterval(() => tell(true), ASK_TIME);
addEventListener("online", () => socket || connect());

/** Draws a camera's pictures on a canvas until the function that it gives is called. */
export function draw(canvas, camera, drawn = () => {}) {
  const context = canvas.getContext("2d", { alpha: false });
  seats.set(canvas, { canvas, camera, drawn, context, seen: false });
  sight.observe(canvas);
  sizes.observe(canvas);
  if (!socket) connect();
  return () => {
    seats.delete(canvas);
    sight.unobserve(canvas);
    sizes.unobserve(canvas);
    settle();
  };
}

function settle() {
  clearTimeout(settling);
  settling = setTimeout(() => tell(), SETTLE);
}

function tell(again = false) {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const wanted = document.hidden ? [] : [...seats.values()].filter((seat) => seat.seen).slice(0, MOST);
  const watch = wanted.map((seat) => ({ camera: seat.camera, width: widthOf(seat.canvas) }));
  const text = JSON.stringify({ watch });
  if (text === sent && !again) return;
  sent = text;
  lists.push(wanted);
  socket.send(text);
}

function widthOf(canvas) {
  const shown = canvas.clientWidth * Math.min(2, devicePixelRatio);
  return RUNGS.find((rung) => rung >= shown * 0.9) ?? RUNGS.at(-1);
}

function connect() {
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/pictures`);
  socket = opened;
  lists = [];
  order = [];
  sent = "";
  opened.binaryType = "arraybuffer";
  opened.onopen = () => tell(true);
  opened.onmessage = ({ data }) => (typeof data === "string" ? hear(JSON.parse(data)) : take(opened, data));
  opened.onclose = () => {
    if (socket !== opened) return;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.7 + 0.6 * Math.random());
    failures += 1;
    socket = null;
    order = [];
    setTimeout(() => socket || connect(), wait);
  };
}

function hear(said) {
  if (!said.watching) return; // {"over": camera}: the list of cameras tells the same
  failures = 0;
  setClock(said.began, said.now);
  const wanted = lists.shift() ?? [];
  let from = 0;
  order = said.watching.map((camera) => {
    const at = wanted.findIndex((seat, index) => index >= from && seat.camera === camera);
    from = at + 1;
    return wanted[at];
  });
}

async function take(from, data) {
  const view = new DataView(data);
  const seat = order[view.getUint8(0)];
  let picture = null;
  try {
    picture = await createImageBitmap(new Blob([new Uint8Array(data, HEAD)], { type: "image/jpeg" }));
  } catch {
    // A damaged picture: the next one will do. It is acknowledged, or none would come.
  }
  // Frames that the screen does not show are not asked for: nothing runs in a hidden page.
  requestAnimationFrame(() => {
    if (picture && seats.has(seat?.canvas)) {
      put(seat, picture);
      seat.drawn(view.getFloat64(5, true));
    }
    picture?.close();
    if (from.readyState === WebSocket.OPEN) from.send(data.slice(0, 5));
  });
}

function put({ canvas, context }, picture) {
  if (canvas.width !== picture.width || canvas.height !== picture.height) {
    canvas.width = picture.width;
    canvas.height = picture.height;
  }
  context.drawImage(picture, 0, 0);
}
