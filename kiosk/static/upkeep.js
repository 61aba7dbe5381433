// What keeps a wall running for years: its store, its heartbeat, and a new page only after the new page is here.

const BEAT_MS = 60_000;
const NIGHT_HOUR = 3; // Beijing time
const OLD_PAGE_MS = 20 * 3_600_000;
const RETRY_MS = 600_000;
const hour = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "numeric", hourCycle: "h23" });

/** From the address (`/kiosk/#west`), otherwise made once and kept. */
export function screenName() {
  const asked = location.hash.slice(1).toLowerCase();
  if (/^[a-z0-9-]{1,32}$/.test(asked)) return asked;
  try {
    let kept = localStorage.getItem("screen");
    if (!kept) localStorage.setItem("screen", (kept = `screen-${crypto.getRandomValues(new Uint32Array(1))[0].toString(36)}`));
    return kept;
  } catch {
    return "screen";
  }
}

export class Upkeep {
  constructor(clock) {
    this.clock = clock;
    this.screen = screenName();
    this.frames = 0;
    this.shown = [];
    this.started = performance.now();
    this.lastTry = -Infinity;
    this.build = document.documentElement.dataset.build;
  }

  async register() {
    if (!("serviceWorker" in navigator)) return;
    try {
      await navigator.serviceWorker.register("/kiosk/sw.js", { scope: "/kiosk/", updateViaCache: "none" });
    } catch (error) {
      console.warn("wall: no store for times without a server", error);
    }
  }

  /** Called after a real change: counts the frame in which the compositor has taken it up. */
  painted() {
    requestAnimationFrame(() => requestAnimationFrame(() => { this.frames += 1; }));
  }

  came(keys) {
    for (const key of keys) if (this.shown.length < 60) this.shown.push(key);
  }

  async beat(scene, mode, held) {
    if (self !== top) return; // 大屏预览 shows the wall in a frame: that is no screen of the hall
    if (!scene && mode === "lit") return; // nothing is on it yet
    this.lastBeat = performance.now();
    const shown = this.shown.splice(0);
    const body = JSON.stringify({ screen: this.screen, scene, shown, frames: this.frames, mode: mode === "emergency" ? "lit" : mode, held });
    try {
      const answer = await fetch("/kiosk/beat", { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive: true, signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(String(answer.status));
    } catch {
      this.shown.unshift(...shown);
    }
  }

  beatIsDue() {
    return this.lastBeat === undefined || performance.now() - this.lastBeat >= BEAT_MS;
  }

  /** A page of another build on the server, or the nightly one: fetched whole first, taken up only then. */
  async renew(serverBuild) {
    const isOther = Boolean(serverBuild) && serverBuild !== this.build;
    const isNight = hour.format(this.clock.now()).startsWith(String(NIGHT_HOUR).padStart(2, "0")) && performance.now() - this.started > OLD_PAGE_MS;
    if (!(isOther || isNight) || performance.now() - this.lastTry < RETRY_MS) return;
    this.lastTry = performance.now();
    if (await this.prefetched()) location.reload();
  }

  async prefetched() {
    try {
      const named = [];
      for (const place of ["/kiosk/", "/kiosk/sw.js"]) { // the page names what it begins with, the worker all there is
        const answer = await fetch(place, { cache: "reload", signal: AbortSignal.timeout(10_000) });
        if (!answer.ok) return false;
        named.push(...[...(await answer.text()).matchAll(/"(\/kiosk\/assets\/[a-z0-9._-]+)"/g)].map((m) => m[1]));
      }
      const files = await Promise.all([...new Set(named)].map((address) => fetch(address, { signal: AbortSignal.timeout(30_000) })));
      if (!named.length || !files.every((file) => file.ok)) return false;
      const registration = await navigator.serviceWorker?.getRegistration("/kiosk/");
      await registration?.update();
      return true;
    } catch {
      return false;
    }
  }
}
