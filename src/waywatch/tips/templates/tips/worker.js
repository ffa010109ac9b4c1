// Answers for the reporter's page without a network. The version changes with any part of the program.
const SHELL_CACHE = "notice-{{ version }}";
const PLACES_CACHE = "notice-places";
const DESKS_CACHE = "notice-desks";
const DESKS = "/notice/desks/";
const PATIENCE = 5000; // ms, where a list is kept
const SHELL = [{% for address in shell %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll(SHELL)).then(newestDesks).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("notice-") && ![SHELL_CACHE, PLACES_CACHE, DESKS_CACHE].includes(name);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

async function fromCache(name, request) {
  const kept = await (await caches.open(name)).match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (name === PLACES_CACHE && answer.ok) await (await caches.open(name)).put(request, answer.clone());
  return answer;
}

// The newest list of desks, or without a quick answer the one seen last: the page checks its signature and its term each time.
async function newestDesks() {
  const cache = await caches.open(DESKS_CACHE);
  const kept = await cache.match(DESKS, { ignoreVary: true });
  try {
    const answer = await fetch(DESKS, kept ? { signal: AbortSignal.timeout(PATIENCE) } : {});
    if (answer.ok) await cache.put(DESKS, answer.clone());
    return answer;
  } catch {
    return kept ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (SHELL.includes(pathname)) event.respondWith(fromCache(SHELL_CACHE, pathname));
  else if (pathname === DESKS) event.respondWith(newestDesks());
  else if (pathname.startsWith("/notice/places/")) event.respondWith(fromCache(PLACES_CACHE, event.request));
});
