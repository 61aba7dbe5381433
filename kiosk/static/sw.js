// Serves the wall while its server is down: page and files from the browser's own store.
// Data and the event stream never pass through here.

const BUILD = "{{build}}";
const NAME = `kiosk-${BUILD}`;
const PAGE = "/kiosk/";
const FILES = [
  "{{files}}",
];
const PATIENCE_MS = 1500;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await cache.addAll([PAGE, ...FILES]);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name !== NAME && name !== "kiosk-last") await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

async function page(request) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok) return answer;
  } catch {
    // Down, or silent: the page of the store is the same one.
  }
  return (await cache.match(PAGE)) ?? Response.error();
}

async function file(request) {
  const found = await caches.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) (await caches.open(NAME)).put(request, answer.clone());
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (pathname === PAGE) event.respondWith(page(event.request));
  else if (pathname.startsWith("/kiosk/assets/")) event.respondWith(file(event.request));
});
