/*
 * Keeps the shell of the client (the page, its scripts, styles and icons), so that it opens at once
 * and without a network. It never touches the API, pictures or anything of another origin: what a
 * shopper sees or does is always the server's word.
 */
const shell = "shell-1";
const pages = "/index.html";
const theme = "/theme.js";

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== shell).map(drop)))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (/^\/(v1|m|media|docs|console|health)(\/|$)/.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(fresh(request, pages, "text/html"));
  else if (url.pathname === theme) event.respondWith(fresh(request, theme, "javascript"));
  else if (/^\/(assets|icons)\//.test(url.pathname)) event.respondWith(keptAsset(request));
});

function drop(name) {
  return caches.delete(name);
}

/** The page and everything it names, so that already the second visit needs no network. */
async function keepShell() {
  const cache = await caches.open(shell);
  const page = await fetch(new Request(pages, { cache: "reload" }));
  const named = (await page.clone().text()).match(/\/(assets|icons)\/[\w.-]+/g) ?? [];
  await cache.put(pages, page);
  await cache.addAll([theme, ...new Set(named)]);
}

/** The newest version if the server answers, else the kept one. */
async function fresh(request, name, type) {
  const cache = await caches.open(shell);
  try {
    const response = await fetch(request);
    const fits = (response.headers.get("Content-Type") ?? "").includes(type);
    if (response.ok && fits) await cache.put(name, response.clone());
    return response.status >= 500 ? ((await cache.match(name)) ?? response) : response;
  } catch (failure) {
    const kept = await cache.match(name);
    if (kept) return kept;
    throw failure;
  }
}

/** Assets carry their hash in the name, so a kept one is never stale. */
async function keptAsset(request) {
  const cache = await caches.open(shell);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    await trim(cache);
  }
  return response;
}

const keptMax = 80;

/** Old releases' assets leave, oldest first. */
async function trim(cache) {
  const requests = (await cache.keys()).filter((each) => !/(\.html|theme\.js)$/.test(each.url));
  const surplus = requests.slice(0, Math.max(0, requests.length - keptMax));
  await Promise.all(surplus.map((each) => cache.delete(each)));
}
