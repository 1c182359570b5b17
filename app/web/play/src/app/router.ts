/** Where the shopper is. One signal, the browser's history, and scroll positions by entry. */

import { signal } from "@preact/signals";

export interface Place {
  path: string;
  query: URLSearchParams;
  /** Names the history entry, so that going back finds its scroll position. */
  entry: string;
  /** Whether the place was reached by the browser's back or forward. */
  returned: boolean;
}

interface EntryState {
  entry: string;
  depth: number;
}

const positionsMax = 60;
const positions = new Map<string, number>();

export const place = signal<Place>(readPlace(false));

export function startRouter(): void {
  history.scrollRestoration = "manual";
  if (!entryState()) history.replaceState(newState(0), "");
  place.value = readPlace(false);
  window.addEventListener("popstate", () => {
    rememberScroll(place.value.entry);
    place.value = readPlace(true);
  });
}

export function navigate(to: string, options: { replace?: boolean } = {}): void {
  const depth = entryState()?.depth ?? 0;
  if (options.replace) {
    history.replaceState(newState(depth), "", to);
  } else {
    rememberScroll(place.value.entry);
    history.pushState(newState(depth + 1), "", to);
  }
  place.value = readPlace(false);
}

/** One step back inside the app, or to `fallback` when the app was entered on this screen. */
export function goBack(fallback = "/"): void {
  if ((entryState()?.depth ?? 0) > 0) history.back();
  else navigate(fallback, { replace: true });
}

export function savedScroll(entry: string): number | null {
  return positions.get(entry) ?? null;
}

function rememberScroll(entry: string): void {
  positions.delete(entry);
  positions.set(entry, window.scrollY);
  const oldest = positions.keys().next();
  if (positions.size > positionsMax && !oldest.done) positions.delete(oldest.value);
}

function readPlace(returned: boolean): Place {
  return {
    path: location.pathname,
    query: new URLSearchParams(location.search),
    entry: entryState()?.entry ?? "first",
    returned,
  };
}

function entryState(): EntryState | null {
  const state: unknown = history.state;
  const known = typeof state === "object" && state !== null && "entry" in state;
  return known ? (state as EntryState) : null;
}

function newState(depth: number): EntryState {
  return { entry: Math.random().toString(36).slice(2), depth };
}
