/** Exponential back-off with full jitter: everyone who lost the server comes back spread out. */
export function fullJitterMs(
  failures: number,
  baseMs: number,
  capMs: number,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.max(0, failures - 1));
  return random() * ceiling;
}
