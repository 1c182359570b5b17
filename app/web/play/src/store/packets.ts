/** Packets as screens share them: reading, opening, what is shown above everything. */

import { signal } from "@preact/signals";
import { learnClock, serverNow } from "../api/clock";
import { grabPacket, readPacket, restoreClaim, restoreEntry } from "../api/packets";
import type { Claim, Grab, GrabAnswer, PacketView } from "../api/packets";
import { storage } from "../api/storage";
import type { Id } from "../api/types";
import { clockwork, grabSurely } from "./grab";
import { noteStanding } from "./over";
import { Receipts } from "./receipts";
import type { Receipt } from "./receipts";
import { me, onSignIn } from "./session";

const receiptsKey = "carnival.receipts";
const shownKey = "carnival.receiptsShown";
const shownEveryMs = 3_600_000;
const deviceKey = "carnival.device";

export const receipts = new Receipts({
  load: () => storage.read<Receipt[]>(receiptsKey) ?? [],
  save: (kept) => storage.write(receiptsKey, kept),
  restore: restoreClaim,
  restoreEntry,
  nowMs: serverNow,
});

/** The packet whose envelope lies above the page. */
export const shownPacket = signal<Id | null>(null);

export function showPacket(id: Id): void {
  shownPacket.value = id;
}

export function hidePacket(): void {
  shownPacket.value = null;
}

/** A packet now, with what this device has receipts of and the server has not. */
export async function loadPacket(id: Id): Promise<PacketView> {
  const sentAt = Date.now();
  const view = await readPacket(id);
  learnClock(view.now, sentAt, Date.now());
  noteStanding(id, view.status === "sold_out");
  const shopperId = me.value?.id;
  if (shopperId === undefined) return view;
  const { draw } = view;
  if (draw !== null && draw.entry === null && draw.seed === null) {
    const entry = await receipts.restoreEntry(shopperId, id);
    return entry === null ? view : { ...view, draw: { ...draw, entry } };
  }
  const back = await receipts.restoreMissing(shopperId, id, view.mine);
  return back.length === 0 ? view : { ...view, mine: [...view.mine, ...back] };
}

/** Opens a packet and keeps the receipt. Rejects as `grabSurely` does. */
export async function openPacket(
  view: PacketView,
  more: Omit<Grab, "ticket"> = {},
): Promise<GrabAnswer> {
  const freshTicket = async () => (await readPacket(view.id)).ticket;
  const ticket = view.ticket ?? (await freshTicket()) ?? "";
  const answer = await grabSurely(ticket, {
    send: (current) => grabPacket(view.id, { ...more, ticket: current }),
    freshTicket,
    ...clockwork,
  });
  if (answer.claim !== null) keepReceipt(answer.claim);
  else if (answer.outcome === "entered" && answer.receipt !== null) {
    const shopperId = me.value?.id;
    if (shopperId !== undefined) receipts.keepEntry(shopperId, view.id, answer.receipt);
  }
  // a rain has more waves
  if (answer.outcome === "sold_out" && view.waves.length === 0) noteStanding(view.id, true);
  return answer;
}

export function keepReceipt(claim: Claim): void {
  const shopperId = me.value?.id;
  if (shopperId !== undefined) receipts.keep(shopperId, claim);
}

/** After a loss on the other side, signing in or opening the wallet is enough; once an hour, since
 * everybody has receipts and losses are rare. True when the servers knew or took any. */
export async function restoreReceipts(): Promise<boolean> {
  const shopperId = me.value?.id;
  const shownAtMs = storage.read<number>(shownKey) ?? 0;
  if (shopperId === undefined || serverNow() - shownAtMs < shownEveryMs) return false;
  storage.write(shownKey, serverNow());
  return (await receipts.restoreAll(shopperId)) > 0;
}

export function startPackets(): void {
  onSignIn(() => {
    storage.write(shownKey, null);
    void restoreReceipts();
  });
}

/** Names this device for the limits of helping; the same until its storage is cleared. */
export function deviceName(): string {
  const known = storage.get(deviceKey);
  if (known !== null) return known;
  const made = randomName();
  storage.set(deviceKey, made);
  return made;
}

/** 128 random bits; works without HTTPS too. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
