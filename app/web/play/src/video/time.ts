/** What a film's own clock brings about. Pure: media time comes in, what is shown goes out. */

import type { Cue } from "../api/videos";

/** A moment stays this long at most; shorter when the cue itself ends. */
export const momentMs = 8_000;
/** Who is asked something gets longer: to read it, to answer, and to see what others said. */
export const pollMs = 30_000;

/** The cues to show at a moment of the film, the latest first. */
export function momentsAt(cues: readonly Cue[], ms: number, gone: ReadonlySet<string>): Cue[] {
  return cues
    .filter((cue) => cue.kind !== "chapter" && !gone.has(cue.id))
    .filter((cue) => cue.at <= ms && ms < Math.min(cue.until, cue.at + staysMs(cue)))
    .reverse();
}

function staysMs(cue: Cue): number {
  return cue.kind === "poll" ? pollMs : momentMs;
}

export function chapterAt(cues: readonly Cue[], ms: number): Cue | null {
  const begun = cues.filter((cue) => cue.kind === "chapter" && cue.at <= ms && ms < cue.until);
  return begun.at(-1) ?? null;
}

/** The products of a film, each once, in the order in which they come. */
export function productCues(cues: readonly Cue[]): Cue[] {
  const seen = new Set<string>();
  return cues.filter((cue) => {
    if (cue.target?.type !== "product" || seen.has(cue.target.id)) return false;
    seen.add(cue.target.id);
    return true;
  });
}

/** Where to go on watching: not in the first moments, nor at the very end. */
export function resumeAt(savedMs: number | undefined, durationMs: number): number {
  if (savedMs === undefined || savedMs < 3_000) return 0;
  return savedMs > durationMs - 5_000 ? 0 : savedMs;
}

export type Quartile = 25 | 50 | 75 | 100;

/** Quarters of the film that were passed by watching, each once. A seek passes nothing. */
export class Quartiles {
  private lastMs: number | null = null;
  private readonly passed = new Set<Quartile>();

  constructor(private readonly durationMs: number) {}

  /** Steps longer than this are seeks, not watching. */
  private static readonly stepMsMax = 1_500;

  at(ms: number): Quartile[] {
    const from = this.lastMs ?? ms;
    this.lastMs = ms;
    if (this.durationMs <= 0 || ms < from || ms - from > Quartiles.stepMsMax) return [];
    const quarters: Quartile[] = [25, 50, 75];
    const now = quarters.filter((each) => {
      const mark = (this.durationMs * each) / 100;
      return from < mark && mark <= ms && !this.passed.has(each);
    });
    now.forEach((each) => this.passed.add(each));
    return now;
  }

  /** The film came to its end by itself. */
  end(): Quartile[] {
    if (this.passed.has(100)) return [];
    this.passed.add(100);
    return [100];
  }
}

/** "1:05", "1:02:03". */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
