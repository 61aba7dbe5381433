// The wall: reads what the server says, decides by the common clock what is on, and draws only what has changed.

import { Clock } from "./clock.js";
import { Link } from "./link.js";
import { Overlays } from "./overlays.js";
import { painter } from "./painter.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { Ticker } from "./ticker.js";
import { Upkeep } from "./upkeep.js";
import { orbit } from "./orbit.js";
import { plan } from "./timeline.js";

const TICK_MS = 1000;
const LONGEST_MS = 30_000;
const PAINTER_PATIENCE_MS = 3000; // then also without a first picture
const STORE_AFTER_MS = 1500;
const html = document.documentElement;

const clock = new Clock();
const stage = new Stage(document.getElementById("scenes"));
const ticker = new Ticker(document.getElementById("ticker"));
const overlays = new Overlays(clock);
const store = new Store();
const upkeep = new Upkeep(clock);
let state = { order: [], anchor_ms: 0, mode: "lit" };
let isHeld = false;
let switchTimer = null;

const link = new Link({
  state(said) {
    clock.heard(said.now_ms);
    const before = state;
    state = { ...before, ...said };
    if (said.spotlight !== before.spotlight) stage.spotlight(said.spotlight ?? null);
    turn();
    if (said.stale !== before.stale) tick(); // the age is told at once
    if (JSON.stringify(said.order) !== JSON.stringify(before.order)) keep();
    upkeep.renew(said.build);
  },
  data(data) {
    take(data);
    keep();
  },
  changed(isLive) {
    html.dataset.link = isLive ? "live" : "lost";
    if (isLive) setTimeout(() => upkeep.register(), STORE_AFTER_MS); // the first picture comes first
    tick();
  },
});

/** The last good picture needs both the scenes and their order; which of them comes first is chance. */
function keep() {
  if (link.version === null || !state.order?.length) return;
  store.keep(() => ({ version: link.version, written_at_ms: state.written_at_ms, scenes: stage.payloads(), state }));
}

function take(data) {
  if (data.written_at_ms) state.written_at_ms = data.written_at_ms;
  stage.update(data.scenes);
  const footer = stage.payload("overview")?.footer;
  if (footer) ticker.update(footer);
  html.dataset.version = String(data.version ?? "");
  turn();
  upkeep.painted();
}

/** Puts on what the clock says, and wakes at the next switch. */
function turn() {
  clearTimeout(switchTimer);
  const now = clock.now();
  const { message, emergency, mode } = overlays.update(state);
  const guests = overlays.valid(state.welcome);
  if (guests) stage.welcome(guests.name ?? guests.text ?? guests);
  const wanted = plan({ ...state, welcome: guests }, now, stage.measure(Math.max(1, (state.order ?? []).filter((entry) => stage.has(entry.key)).length)), (key) => stage.has(key));
  const before = new Set(stage.on.keys());
  if (stage.show(wanted.shown)) {
    upkeep.came(wanted.shown.map((entry) => entry.key).filter((key) => !before.has(key)));
    upkeep.painted();
    requestAnimationFrame(() => requestAnimationFrame(painter.begin));
  }
  html.dataset.scene = wanted.leading;
  overlays.dots((state.order ?? []).filter((entry) => stage.has(entry.key)), wanted.leading);
  isHeld = Boolean(state.paused || state.pinned || message || emergency || guests || (state.order ?? []).length < 2);
  const ends = [message, emergency, guests].filter((entry) => entry?.until_ms).map((entry) => entry.until_ms);
  const next = Math.min(wanted.next ?? Infinity, ...ends);
  painter.restsBefore(Number.isFinite(next) ? next - clock.now() : Infinity);
  if (Number.isFinite(next)) switchTimer = setTimeout(turn, Math.min(LONGEST_MS, Math.max(0, next - clock.now() + 1)));
  if (mode !== turn.mode) upkeep.lastBeat = undefined; // said at once
  turn.mode = mode;
}

let minute = -1;
function tick() {
  const now = clock.now();
  overlays.tick(state, link.isLive);
  orbit(now);
  if (Math.floor(now / 60_000) !== minute) {
    minute = Math.floor(now / 60_000);
    upkeep.painted();
  }
  if (link.isLive && upkeep.beatIsDue()) upkeep.beat(html.dataset.scene, html.dataset.state, isHeld);
}

async function open() {
  setTimeout(painter.begin, PAINTER_PATIENCE_MS);
  tick();
  setInterval(tick, TICK_MS);
  addEventListener("resize", () => {
    turn();
    stage.resize();
    ticker.fit();
  });
  link.open();
  link.fetch();
  const last = await store.read();
  if (last && link.version === null) {
    state = { ...last.state, message: null, emergency: null, welcome: null, pinned: null, paused: false, ...state.now_ms ? state : {} };
    html.dataset.version = String(last.version);
    take(last);
  }
  await document.fonts.ready;
  stage.resize();
  ticker.fit();
}

open();
