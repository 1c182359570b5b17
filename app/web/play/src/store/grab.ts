/**
 * Opening a packet over a network that may cut the answer off. A grab is idempotent: asking again
 * answers the same amount, so a lost answer is asked for again until it is known, for a while. It
 * is never queued: off-line, nothing is sent later behind the shopper's back.
 */

import { isTransient, Problem } from "../api/problems";
import type { GrabAnswer } from "../api/packets";

export interface Waiting {
  pause(ms: number): Promise<void>;
  /** Between 0 and 1, for the jitter of pauses. */
  chance(): number;
}

export interface GrabDoors extends Waiting {
  send(ticket: string): Promise<GrabAnswer>;
  /** A ticket from now on; null when there is none to be had any more. */
  freshTicket(): Promise<string | null>;
}

export const clockwork: Waiting = {
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  chance: Math.random,
};

const triesMax = 6;
const pauseFirstMs = 300;
const pauseMaxMs = 3_000;
const waitAskedMaxMs = 5_000;

/** Opens, and with a fresh ticket once more where the first has expired. Rejects with a refusal at
 * once, and with the last fault when `triesMax` questions stayed unanswered: the outcome is then
 * unknown, and may be asked for again. */
export async function grabSurely(ticket: string, doors: GrabDoors): Promise<GrabAnswer> {
  try {
    return await surely(() => doors.send(ticket), doors);
  } catch (error) {
    const fresh = isExpired(error) ? await doors.freshTicket() : null;
    if (fresh === null) throw error;
    return await surely(() => doors.send(fresh), doors);
  }
}

/** Asks something idempotent until there is an answer; refusals and lasting faults are rejected. */
export async function surely<T>(ask: () => Promise<T>, doors: Waiting = clockwork): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (!worthAnother(error) || tries >= triesMax) throw error;
      await doors.pause(pauseMs(tries, error, doors.chance()));
    }
  }
}

function isExpired(error: unknown): boolean {
  return error instanceof Problem && error.code === "ticket_expired";
}

function worthAnother(error: unknown): boolean {
  if (!isTransient(error)) return false;
  const asked = error instanceof Problem ? error.retryAfterSeconds : null;
  return asked === null || asked * 1_000 <= waitAskedMaxMs;
}

/** Exponential with half jitter; what the server asks for is kept. */
function pauseMs(tries: number, error: unknown, chance: number): number {
  const asked = error instanceof Problem ? error.retryAfterSeconds : null;
  const own = Math.min(pauseMaxMs, pauseFirstMs * 2 ** (tries - 1));
  return Math.max((asked ?? 0) * 1_000, own / 2) + (own / 2) * chance;
}
