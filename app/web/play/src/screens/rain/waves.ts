/** Which wave of a rain is to be played, by the server's clock. */

import type { Wave } from "../../api/packets";

/** A wave is played for so long at most: the money is decided by the first catch anyway. */
const playMsMax = 30_000;

export interface Turn {
  wave: Wave;
  beginsMs: number;
  endsMs: number;
}

/** The wave that falls now for this shopper, or the next one; null when the rain is over. */
export function nextTurn(waves: Wave[], played: ReadonlySet<number>, nowMs: number): Turn | null {
  for (const wave of waves) {
    const closesMs = Date.parse(wave.closesAt);
    if (played.has(wave.wave) || closesMs <= nowMs) continue;
    const entersMs = Date.parse(wave.entersAt);
    const beginsMs = Math.max(entersMs, Math.min(nowMs, closesMs));
    return { wave, beginsMs, endsMs: Math.min(closesMs, beginsMs + playMsMax) };
  }
  return null;
}
