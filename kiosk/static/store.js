// The last good picture: kept by the browser, shown when it starts while the server is down.
// Caches exist only in a secure context (https, localhost or an origin the browser was told to trust).

const NAME = "kiosk-last";
const ADDRESS = "/kiosk/last";
const EVERY_MS = 30_000;

export class Store {
  constructor() {
    this.isUsable = typeof caches !== "undefined";
    this.kept = null;
    this.lastWrite = -Infinity;
  }

  async read() {
    if (!this.isUsable) return null;
    try {
      const found = await (await caches.open(NAME)).match(ADDRESS);
      return found ? await found.json() : null;
    } catch {
      return null;
    }
  }

  /** Keeps what is on the wall now; at most one write in half a minute, and the last one is not lost. */
  keep(make) {
    if (!this.isUsable) return;
    const wait = this.lastWrite + EVERY_MS - performance.now();
    if (wait <= 0) this.write(make());
    else this.pending ??= setTimeout(() => this.write(make()), wait);
  }

  async write(content) {
    clearTimeout(this.pending);
    this.pending = null;
    this.lastWrite = performance.now();
    try {
      const cache = await caches.open(NAME);
      await cache.put(ADDRESS, new Response(JSON.stringify(content), { headers: { "Content-Type": "application/json" } }));
    } catch (error) {
      console.warn("wall: the last picture could not be kept", error);
    }
  }
}
