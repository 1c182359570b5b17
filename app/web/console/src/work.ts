/** For which brand one works on this device. */

import { signal } from "@preact/signals";
import { storage } from "@play/api/storage";
import { listWorkplaces } from "@play/api/work";
import type { Workplace } from "@play/api/work";
import { me, onSignOut } from "@play/store/session";

const chosenKey = "carnival.workplace";

export const workplaces = signal<Workplace[] | null>(null);
export const workError = signal<unknown>(null);
export const workplace = signal<Workplace | null>(null);

export async function loadWorkplaces(): Promise<void> {
  workError.value = null;
  try {
    const { items } = await listWorkplaces();
    workplaces.value = items;
    const chosen = storage.get(chosenKey);
    const known = items.find((each) => each.brandId === chosen);
    workplace.value = known ?? (items.length === 1 ? (items[0] ?? null) : null);
  } catch (error) {
    if (me.value !== null) workError.value = error;
  }
}

export function chooseWorkplace(next: Workplace | null): void {
  workplace.value = next;
  storage.set(chosenKey, next?.brandId ?? null);
}

onSignOut(() => {
  workplaces.value = null;
  workplace.value = null;
});
