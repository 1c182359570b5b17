/** Which wave of a rain is to be played, by the server's clock. */

import type { PacketView, Wave } from "../../api/packets";

/** A wave is played for so long at most: the money is decided by the first catch anyway. */
const playMsMax = 30_000;

/** Who enters so much later than others may find that nothing is left. */
const lateMs = 1_000;

export interface Turn {
  wave: Wave;
  beginsMs: number;
  endsMs: number;
}

/** The wave that falls now for this shopper, or the next one; null when there is none that could
 * pay: the rain is over, the others have it all, or the shopper has as much as one may. */
export function nextTurn(
  view: PacketView,
  played: ReadonlySet<number>,
  nowMs: number,
): Turn | null {
  const over = view.status === "closed" || view.status === "sold_out";
  if (over || view.mine.length >= view.cap) return null;
  const caught = new Set(view.mine.map((claim) => claim.wave));
  for (const wave of view.waves) {
    const closesMs = Date.parse(wave.closesAt);
    const done = played.has(wave.wave) || caught.has(wave.wave);
    if (done || wave.soldOut || closesMs <= nowMs) continue;
    const entersMs = Date.parse(wave.entersAt);
    const beginsMs = Math.max(entersMs, Math.min(nowMs, closesMs));
    return { wave, beginsMs, endsMs: Math.min(closesMs, beginsMs + playMsMax) };
  }
  return null;
}

/** Whether others could catch before this turn begins. */
export function isLate(turn: Turn): boolean {
  return turn.beginsMs - Date.parse(turn.wave.opensAt) > lateMs;
}
