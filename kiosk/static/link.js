// The line to the server: one event stream, watched. No byte for some seconds is a broken line,
// whatever the socket says; then a new one is opened, again and again, for as long as it takes.

const SILENT_MS = 4500; // the server speaks at least every 2 s
const OPENING_MS = 2500;
const RETRY_MS = 700;
const SNAPSHOT_MS = 4000;

export class Link {
  /** @param {{state: Function, data: Function, changed: Function}} on what to call with what arrives. */
  constructor(on) {
    this.on = on;
    this.isLive = false;
    this.version = null;
    this.etag = null;
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
        this.on.changed(true);
        this.fetch();
      }
      this.on.state(state);
      if (this.version !== null && state.version !== this.version) this.expect(state.version);
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

  /** A version was announced whose data did not come along (they came before we listened). */
  expect(version) {
    clearTimeout(this.expected);
    this.expected = setTimeout(() => {
      if (this.version !== version) this.fetch();
    }, 1500);
  }

  /** Everything at once: after every (re)connection, and when a change was missed. */
  async fetch() {
    try {
      const headers = this.etag ? { "If-None-Match": this.etag } : {};
      const answer = await fetch("/kiosk/snapshot", { headers, cache: "no-store", signal: AbortSignal.timeout(SNAPSHOT_MS) });
      if (answer.status === 304 || !answer.ok) return;
      const data = await answer.json();
      this.etag = answer.headers.get("ETag");
      this.accept(data);
    } catch {
      // The stream will tell when the server is back.
    }
  }

  watch(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), ms);
  }

  again() {
    this.close();
    if (this.isLive) {
      this.isLive = false;
      this.on.changed(false);
    }
    this.timer = setTimeout(() => this.open(), RETRY_MS);
  }

  close() {
    clearTimeout(this.timer);
    if (this.source) this.source.close();
    this.source = null;
  }
}
