/** The accounts the signed-in shopper may publish as; their own always comes first. */

import { effect, signal } from "@preact/signals";
import { accountsIManage } from "../api/accounts";
import type { AccountCard, Id } from "../api/types";
import { me } from "./session";

export const managed = signal<AccountCard[]>([]);

export function startManaged(): void {
  let loadedFor: Id | null = null;
  effect(() => {
    const id = me.value?.id ?? null;
    if (id === loadedFor) return;
    loadedFor = id;
    managed.value = [];
    if (id !== null) void refreshManaged();
  });
}

export async function refreshManaged(): Promise<void> {
  const answer = await accountsIManage().catch(() => null);
  if (answer !== null) managed.value = answer.items;
}

export function mayManage(accountId: Id): boolean {
  return (
    me.value?.accountId === accountId || managed.value.some((account) => account.id === accountId)
  );
}
