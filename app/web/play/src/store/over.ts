/** Packets of which this device has heard that nobody gets a share any more. */

import { signal } from "@preact/signals";
import type { Id } from "../api/types";

/** Nothing is left; cards of them say so at once. */
export const soldOut = signal<ReadonlySet<Id>>(new Set());
/** Ended, some before their time. */
export const ended = signal<ReadonlySet<Id>>(new Set());

export function noteStanding(id: Id, gone: boolean): void {
  note(soldOut, id, gone);
}

/** The server says so while one looks. */
export function noteOver(id: Id, status: "sold_out" | "closed"): void {
  note(status === "closed" ? ended : soldOut, id, true);
}

function note(of: typeof soldOut, id: Id, is: boolean): void {
  if (of.value.has(id) === is) return;
  const next = new Set(of.value);
  if (is) next.add(id);
  else next.delete(id);
  of.value = next;
}
