/** Names and faces of accounts that are known by id only, each asked for once. */

import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { readAccount } from "../api/accounts";
import type { AccountCard, Id } from "../api/types";
import { noteFollowing } from "./follows";

const cardsMax = 300;
const cards = new Map<Id, Signal<AccountCard | null>>();

/** Null until it is known. */
export function accountCard(id: Id): Signal<AccountCard | null> {
  const known = cards.get(id);
  if (known) return known;
  const made = signal<AccountCard | null>(null);
  cards.set(id, made);
  const oldest = cards.keys().next();
  if (cards.size > cardsMax && !oldest.done) cards.delete(oldest.value);
  readAccount(id).then(
    (account) => {
      noteFollowing(account.id, account.viewer.following);
      made.value = account;
    },
    () => cards.delete(id),
  );
  return made;
}
