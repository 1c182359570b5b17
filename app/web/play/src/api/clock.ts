/** The server's clock, as this device sees it. Countdowns and relative dates follow it. */

let offsetMs = 0;

export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** Learns the offset from one exchange; half the round trip is taken as the way back. */
export function learnClock(serverTime: string, sentAtMs: number, receivedAtMs: number): void {
  const server = Date.parse(serverTime);
  if (Number.isFinite(server)) offsetMs = server - (sentAtMs + receivedAtMs) / 2;
}
