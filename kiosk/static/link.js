// The line to the server: one event stream, watched. No byte for some seconds is a broken line,
// whatever the socket says; then a new one is opened, again and again, for as long as it takes.

const SILENT_MS = 4500; // the server speaks at least every 2 s
const OPENING_MS = 4000; // room for three attempts of TCP, and for a server that is just starting
const FIRST_RETRY_MS = 50;
const RETRY_MS = 500;
const SNAPSHOT_MS = 4000;
const ASKED_MS = 1000; // an answer that is awaited so long is asked for anew
const MISSED_MS = 300;
const BUSY_MS = 150;
const GRACE_MS = 700;

export class Link {
  /** @param {{state: Function, data: Function, changed: Function}} on what to call with what arrives. */
  constructor(on) {
    this.on = on;
    this.isLive = false;
    this.isWhole = false; // since this connection began everything has been fetched once
    this.version = null;
    this.told = null;
    this.etag = null;
    this.failures = 0;
  }

  open() {
    this.close();
    const source = new EventSource("/kiosk/events");
    this.source = source;
    this.watch(OPENING_MS);
    source.onopen = () => this.watch(SILENT_MS);
    source.onerror = () => this.again();
    source.addEventListener("state", (event) => this.take(event, (state) => {
      if (!this.isLive) {
        this.isLive = true;
        this.failures = 0;
        this.on.changed(true);
        this.fetch();
      }
      this.on.state(state);
      this.told = state.version;
      if (this.isBehind()) this.expect();
    }));
    source.addEventListener("data", (event) => this.take(event, (data) => this.accept(data)));
  }

  take(event, use) {
    this.watch(SILENT_MS);
    try {
      use(JSON.parse(event.data));
    } catch (error) {
      console.warn("wall: an event that could not be used", error);
    }
  }

  accept(data) {
    this.version = data.version;
    this.on.data(data);
  }

  isBehind() {
    return this.told !== null && (!this.isWhole || this.version !== this.told);
  }

  /** A version was announced whose data did not come along (they came before we listened, or were lost). */
  expect() {
    this.expected ??= setTimeout(() => {
      this.expected = null;
      if (this.isBehind()) this.fetch();
    }, MISSED_MS);
  }

  /** Everything at once: after every (re)connection, and when a change was missed. The next heartbeat asks again. */
  async fetch() {
    if (this.asked && performance.now() - this.asked.at < ASKED_MS) return;
    this.asked?.abort();
    const asked = (this.asked = Object.assign(new AbortController(), { at: performance.now() }));
    const before = this.version;
    try {
      const headers = this.etag && this.etag === `"${before}"` ? { "If-None-Match": this.etag } : {};
      const timeout = setTimeout(() => asked.abort(), SNAPSHOT_MS);
      const answer = await fetch("/kiosk/snapshot", { headers, cache: "no-store", signal: asked.signal }).finally(() => clearTimeout(timeout));
      if (answer.status !== 304 && !answer.ok) return;
      const data = answer.status === 304 ? { version: before } : await answer.json();
      if (this.version !== before && data.version !== this.version) return; // older than what came meanwhile
      this.isWhole = true;
      if (answer.status === 304) return;
      this.etag = answer.headers.get("ETag");
      this.accept(data);
    } catch {
      // The stream will tell when the server is back.
    } finally {
      if (this.asked === asked) this.asked = null;
    }
  }

  /** A page that was busy meets the timer before the bytes that wait behind it: they are given a moment. */
  watch(ms) {
    clearTimeout(this.timer);
    const due = performance.now() + ms;
    this.timer = setTimeout(() => (performance.now() - due > BUSY_MS ? this.watch(GRACE_MS) : this.again()), ms);
  }

  again() {
    this.close();
    this.isWhole = false;
    if (this.isLive) {
      this.isLive = false;
      this.on.changed(false);
    }
    this.timer = setTimeout(() => this.open(), this.failures++ ? RETRY_MS : FIRST_RETRY_MS);
  }

  close() {
    clearTimeout(this.timer);
    if (this.source) this.source.close();
    this.source = null;
  }
}
