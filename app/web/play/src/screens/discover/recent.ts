/** What was searched for on this device, newest first. */

import { signal } from "@preact/signals";
import { storage } from "../../api/storage";

const key = "carnival.searches";
const keptMax = 10;

export const recent = signal<string[]>(storage.read<string[]>(key) ?? []);

export function remember(query: string): void {
  keep([query, ...recent.value.filter((each) => each !== query)].slice(0, keptMax));
}

export function forgetSearches(): void {
  keep([]);
}

function keep(next: string[]): void {
  recent.value = next;
  storage.write(key, next.length === 0 ? null : next);
}
