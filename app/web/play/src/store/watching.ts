/** What is watched of videos, told in batches: shown, played, how far, which cues. First-party: it
 * goes to this house alone and names a viewing, not a person. */

import { serverNow } from "../api/clock";
import { isTransient } from "../api/problems";
import { sendWatchEvents } from "../api/videos";
import type { WatchEvent, WatchKind } from "../api/videos";
import type { Id } from "../api/types";
import { Quartiles } from "../video/time";
import { randomName } from "./packets";

const batchMax = 50;
const waitingMax = 400;
const flushEveryMs = 5_000;
const progressEveryMs = 5_000;

export interface WatchDoors {
  send(events: WatchEvent[]): Promise<void>;
  nowMs(): number;
  later(run: () => void, ms: number): void;
}

/** Events that wait to be sent. A batch the network lost goes out again; a refused one does not. */
export class WatchLog {
  private waiting: WatchEvent[] = [];
  private timed = false;
  private sending = false;

  constructor(private readonly doors: WatchDoors) {}

  add(event: Omit<WatchEvent, "at">): void {
    const at = new Date(this.doors.nowMs()).toISOString();
    this.waiting.push({ ...event, at });
    if (this.waiting.length > waitingMax) this.waiting.shift();
    if (this.waiting.length >= batchMax) void this.flush();
    else this.flushLater();
  }

  async flush(): Promise<void> {
    if (this.sending || this.waiting.length === 0) return;
    this.sending = true;
    const batch = this.waiting.splice(0, batchMax);
    try {
      await this.doors.send(batch);
    } catch (error) {
      if (isTransient(error)) this.waiting.unshift(...batch);
    }
    this.sending = false;
    if (this.waiting.length > 0) this.flushLater();
  }

  private flushLater(): void {
    if (this.timed) return;
    this.timed = true;
    this.doors.later(() => {
      this.timed = false;
      void this.flush();
    }, flushEveryMs);
  }
}

export const watchLog = new WatchLog({
  send: sendWatchEvents,
  nowMs: serverNow,
  later: (run, ms) => void setTimeout(run, ms),
});

export function startWatching(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void watchLog.flush();
  });
}

type More = Pick<WatchEvent, "quartile" | "cueId" | "productId">;

/** One film on one screen, from its appearance until the next one's. */
export class Viewing {
  private readonly session = randomName();
  private readonly shown = new Set<Id>();
  private quartiles = new Quartiles(0);
  private knownDuration = 0;
  private played = false;
  private position = 0;
  private nextProgress = 0;

  constructor(
    private readonly videoId: Id,
    private readonly log: WatchLog,
    private readonly nowMs: () => number = serverNow,
  ) {
    this.tell("impression");
  }

  /** A frame of the playing film. Progress is told by the clock of the wall, every few seconds. */
  frame(ms: number, durationMs: number): void {
    this.position = ms;
    if (durationMs !== this.knownDuration) {
      this.knownDuration = durationMs;
      this.quartiles = new Quartiles(durationMs);
    }
    if (!this.played) {
      this.played = true;
      this.tell("play");
      void this.log.flush(); // credit is counted from when the house hears of it
    }
    for (const quartile of this.quartiles.at(ms)) this.tell("quartile", { quartile });
    const now = this.nowMs();
    if (now < this.nextProgress) return;
    this.nextProgress = now + progressEveryMs;
    this.tell("progress");
  }

  ended(durationMs: number): void {
    this.position = durationMs;
    for (const quartile of this.quartiles.end()) this.tell("quartile", { quartile });
    this.tell("complete");
  }

  cueShown(cueId: Id): void {
    if (this.shown.has(cueId)) return;
    this.shown.add(cueId);
    this.tell("cue_shown", { cueId });
  }

  cueTapped(cueId: Id): void {
    this.tell("cue_tapped", { cueId });
    void this.log.flush(); // a packet may ask how far it was watched
  }

  voted(cueId: Id): void {
    this.tell("vote", { cueId });
  }

  addedToCart(productId: Id, cueId: Id | null): void {
    this.tell("add_to_cart", { productId, ...(cueId === null ? {} : { cueId }) });
  }

  collected(cueId: Id): void {
    this.tell("collect", { cueId });
  }

  private tell(kind: WatchKind, more: More = {}): void {
    this.log.add({
      videoId: this.videoId,
      session: this.session,
      kind,
      position: Math.round(this.position),
      ...more,
    });
  }
}
