/* A reload without a network shows the question again. Its address gives it the sittings alone; other pages it never sees.
   The page is kept by sitting.js, one for each sitting, and forgotten when the test is over; here it is only handed out, and
   only where the network fails. What the page is made of (styles, scripts) is kept by the version of its files. */
"use strict";
const FILES = "sitting-files-{{ version }}";
const PAGES = "sitting-pages";
const STATIC = "{{ static_prefix|escapejs }}";
const MADE_OF = [{% for address in made_of %}"{{ address|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const KEPT_FOR = 12 * 3600 * 1000; /* as long as a session */
const POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES).then((files) => files.addAll(MADE_OF)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("sitting-files-") && name !== FILES;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) { return; }
  if (event.request.mode === "navigate") { event.respondWith(page(event.request, address)); }
  else if (address.pathname.startsWith(STATIC)) { event.respondWith(file(event.request)); }
});

function page(request, address) {
  return fetch(request).then(
    (answer) => (answer.status >= 502 && answer.status <= 504 ? kept(address).then((found) => found || answer) : answer),
    (fault) => kept(address).then((found) => { if (found) { return found; } throw fault; }),
  );
}

async function kept(address) {
  const sitting = address.pathname.match(/^.*\/sittings\/[0-9a-f-]{36}\//);
  const found = sitting && await (await caches.open(PAGES)).match(sitting[0]);
  if (!found || Date.now() - Date.parse(found.headers.get("Date")) > KEPT_FOR) { return null; }
  return new Response(await found.text(), { headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY } });
}

async function file(request) {
  const files = await caches.open(FILES);
  const found = await files.match(request);
  if (found) { return found; }
  const answer = await fetch(request);
  if (answer.ok) { files.put(request, answer.clone()); }
  return answer;
}
