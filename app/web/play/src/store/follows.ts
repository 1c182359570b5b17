/** Whom the viewer follows, as far as this page knows: one bit per account, shared by screens. */

import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Id } from "../api/types";

const bits = new Map<Id, Signal<boolean>>();

type Pending = (id: Id) => boolean | null;
let pending: Pending = () => null;

export function setPendingFollows(next: Pending): void {
  pending = next;
}

export function followSignal(id: Id): Signal<boolean> {
  const known = bits.get(id);
  if (known) return known;
  const made = signal(false);
  bits.set(id, made);
  return made;
}

/** What the server says; a wish of this device that is still on its way wins. */
export function noteFollowing(id: Id, following: boolean): void {
  followSignal(id).value = pending(id) ?? following;
}

export function forgetFollows(): void {
  for (const bit of bits.values()) bit.value = false;
}
