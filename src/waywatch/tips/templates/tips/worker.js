// Answers for the reporter's page without a network. The version changes with any part of the program.
const SHELL_CACHE = "notice-{{ version }}";
const PLACES_CACHE = "notice-places";
const SHELL = [{% for address in shell %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("notice-") && name !== SHELL_CACHE && name !== PLACES_CACHE;
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

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (SHELL.includes(pathname)) event.respondWith(fromCache(SHELL_CACHE, pathname));
  else if (pathname.startsWith("/notice/places/")) event.respondWith(fromCache(PLACES_CACHE, event.request));
});
