/** A timeline while it is edited. Pure: what moves where, and what stays within the film. */

import type { Cue, CueKind } from "@play/api/videos";
import type { CueInput } from "../api/videos";

/** A moment shorter than this could not be read. */
export const lengthMsMin = 500;
export const lengthMsUsual = 8_000;
/** Who is asked something needs longer: to read it, to answer, to see what others said. */
export const pollLengthMs = 15_000;
export const textMax = 80;
const freshPrefix = "new-";

let lastFresh = 0;

export function newCue(kind: CueKind, at: number, durationMs: number): Cue {
  lastFresh += 1;
  const begin = clamp(at, 0, Math.max(0, durationMs - lengthMsMin));
  return {
    id: `${freshPrefix}${lastFresh}`,
    at: begin,
    until: Math.min(begin + (kind === "poll" ? pollLengthMs : lengthMsUsual), durationMs),
    kind,
    ref: null,
    position: "bottom_left",
    text: "",
    target: null,
  };
}

export function isFresh(cue: Cue): boolean {
  return cue.id.startsWith(freshPrefix);
}

/** The whole cue, as long as it was, moved within the film. */
export function moved(cue: Cue, at: number, durationMs: number): Cue {
  const length = cue.until - cue.at;
  const begin = clamp(Math.round(at), 0, Math.max(0, durationMs - length));
  return { ...cue, at: begin, until: begin + length };
}

export function begunAt(cue: Cue, at: number): Cue {
  return { ...cue, at: clamp(Math.round(at), 0, cue.until - lengthMsMin) };
}

export function endedAt(cue: Cue, until: number, durationMs: number): Cue {
  return { ...cue, until: clamp(Math.round(until), cue.at + lengthMsMin, durationMs) };
}

/** What still keeps a cue from being saved; null when nothing does. */
export function lack(cue: Cue): "ref" | "text" | "link" | null {
  if (cue.kind === "chapter") return cue.text.trim() === "" ? "text" : null;
  if (cue.ref === null || cue.ref.trim() === "") return "ref";
  if (cue.kind === "link" && !/^(https:\/\/|\/)/.test(cue.ref)) return "link";
  return null;
}

export function inputOf(cue: Cue): CueInput {
  return {
    ...(isFresh(cue) ? {} : { id: cue.id }),
    at: cue.at,
    until: cue.until,
    kind: cue.kind,
    ref: cue.ref?.trim() ?? "",
    position: cue.position,
    text: cue.text.trim(),
  };
}

export function sorted(cues: readonly Cue[]): Cue[] {
  return [...cues].sort((a, b) => a.at - b.at || a.until - b.until);
}

/** A row for each cue, such that none lies on another: the first row that is free. */
export function lanes(cues: readonly Cue[]): Map<string, number> {
  const ends: number[] = [];
  const rows = new Map<string, number>();
  for (const cue of sorted(cues)) {
    const free = ends.findIndex((end) => end <= cue.at);
    const row = free < 0 ? ends.length : free;
    ends[row] = cue.until;
    rows.set(cue.id, row);
  }
  return rows;
}

/** The nearest of the marks, if it is near enough; else the moment itself. */
export function snapped(ms: number, marks: readonly number[], withinMs: number): number {
  let best = ms;
  let gap = withinMs;
  for (const mark of marks) {
    if (Math.abs(mark - ms) <= gap) {
      best = mark;
      gap = Math.abs(mark - ms);
    }
  }
  return best;
}

/** Seconds between the ruler's marks, so that they stand at least so far apart. */
export function rulerStep(durationMs: number, widthPx: number, gapPx: number): number {
  const steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800];
  const perSecond = widthPx / (durationMs / 1_000);
  return steps.find((step) => step * perSecond >= gapPx) ?? 3_600;
}

/** "1:05.2": a tenth of a second is what people can place by hand. */
export function exactTime(ms: number): string {
  const tenths = Math.round(ms / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  return `${minutes}:${seconds}`;
}

/** Reads "65", "1:05" and "1:05.2"; null for anything else. */
export function readTime(text: string): number | null {
  const found = /^(?:(\d{1,3}):)?(\d{1,5}(?:\.\d{1,3})?)$/.exec(text.trim());
  if (!found) return null;
  return Math.round((Number(found[1] ?? 0) * 60 + Number(found[2])) * 1_000);
}

/** Reads "8", "8.8" and "8.88" as minor units; null for anything else, and for nothing. */
export function readYuan(text: string): number | null {
  if (!/^\d{1,8}(\.\d{1,2})?$/.test(text.trim())) return null;
  const minor = Math.round(Number(text) * 100);
  return minor > 0 ? minor : null;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
