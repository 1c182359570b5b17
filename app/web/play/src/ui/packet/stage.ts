/** What a packet offers its viewer at a moment. Pure: decided from the server's view and clock. */

import type { Claim, PacketView } from "../../api/packets";

export type Stage =
  | "mine"
  | "upcoming"
  | "sealed"
  | "phrase"
  | "follow"
  | "watch"
  | "enter"
  | "entered"
  | "rain"
  | "paused"
  | "soldOut"
  | "over"
  | "cancelled";

/** In what a fission's claims lie. */
export const sharerWave = 0;

export function stageOf(view: PacketView, nowMs: number): Stage {
  if (hasAll(view, nowMs)) return "mine";
  if (view.status === "cancelled") return "cancelled";
  if (view.status === "closed" || nowMs >= Date.parse(view.closesAt)) return "over";
  if (view.draw?.entry != null) return "entered";
  if (view.status === "sold_out") return "soldOut";
  if (view.form === "rain") return "rain";
  if (nowMs < Date.parse(view.opensAt)) return "upcoming";
  if (view.status === "paused") return "paused";
  if (view.condition !== null && !view.condition.met) {
    return view.condition.kind === "watch" ? "watch" : "follow";
  }
  if (view.form === "passphrase") return "phrase";
  if (view.form === "draw") return "enter";
  return "sealed";
}

/** Whether the viewer has something, and gets no more: of a rain the waves to come may pay. */
function hasAll(view: PacketView, nowMs: number): boolean {
  if (view.form !== "rain") return ownClaim(view) !== null;
  const gone = view.status === "sold_out" || view.status === "closed";
  const over = gone || nowMs >= Date.parse(view.closesAt);
  return view.mine.length > 0 && (over || view.mine.length >= view.cap);
}

/** The share that opening this packet gave; of a fission the sharer's own. */
export function ownClaim(view: PacketView): Claim | null {
  if (view.form !== "fission") return view.mine[0] ?? null;
  return view.mine.find((claim) => claim.wave === sharerWave) ?? null;
}

/** Everything the viewer has of a packet, in minor units. */
export function wonMinor(claims: Claim[]): number {
  return claims.reduce((sum, claim) => sum + claim.amount.amountMinor, 0);
}

/** Milliseconds until the next moment at which the stage may change; null when none is known. */
export function nextChangeMs(view: PacketView, nowMs: number): number | null {
  const moments = [view.opensAt, view.closesAt].map((at) => Date.parse(at) - nowMs);
  const ahead = moments.filter((ms) => ms > 0);
  return ahead.length === 0 ? null : Math.min(...ahead);
}
