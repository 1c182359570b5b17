/**
 * The off-line queue of likes and follows.
 *
 * What a shopper wants of a target is one bit, and only the last wish counts. Wishes survive a
 * reload, are sent one after another, wait with growing pauses while the server is away, and are
 * taken back on the screen when the server refuses one. Sending one twice is harmless (PUT and
 * DELETE), so two tabs may share the list.
 */

import { isTransient, SignedOut } from "../api/problems";

export type IntentKind = "like" | "follow";

export interface Intent {
  kind: IntentKind;
  target: string;
  on: boolean;
  /** Grows with every wish, so that an answer to an older one is not taken for the newer. */
  turn: number;
}

export interface IntentDoors {
  load(): Intent[];
  save(intents: Intent[]): void;
  /** Tells the server. Rejects with a Problem, Unreachable or SignedOut. */
  send(intent: Intent): Promise<void>;
  /** The server refused the last wish for this target: show the opposite again. */
  rollback(intent: Intent, error: unknown): void;
  /** Milliseconds to wait before attempt number `failures` + 1. */
  pauseMs(failures: number, error: unknown): number;
  schedule(work: () => void, ms: number): void;
}

const intentsMax = 500;

export class IntentQueue {
  private sending = false;
  private failures = 0;
  private turn = 0;
  private waiting = 0;

  constructor(private readonly doors: IntentDoors) {}

  /** Remembers the wish and starts sending. */
  put(kind: IntentKind, target: string, on: boolean): void {
    const others = this.doors.load().filter((each) => !isFor(each, kind, target));
    this.turn = Math.max(this.turn, ...others.map((each) => each.turn)) + 1;
    const intents = [...others, { kind, target, on, turn: this.turn }];
    this.doors.save(intents.slice(-intentsMax));
    void this.flush();
  }

  /** The wish that is not yet known to be fulfilled, if there is one. */
  pending(kind: IntentKind, target: string): boolean | null {
    const found = this.doors.load().find((each) => isFor(each, kind, target));
    return found ? found.on : null;
  }

  /** Sends what is waiting. Call it when the network is back; while one runs it does nothing. */
  async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    this.waiting += 1;
    try {
      for (let next = this.doors.load()[0]; next; next = this.doors.load()[0]) {
        const goOn = await this.sendOne(next);
        if (!goOn) return;
      }
    } finally {
      this.sending = false;
    }
  }

  private async sendOne(intent: Intent): Promise<boolean> {
    try {
      await this.doors.send(intent);
      this.failures = 0;
      this.drop(intent);
      return true;
    } catch (error) {
      if (error instanceof SignedOut) return false;
      if (isTransient(error)) {
        this.failures += 1;
        this.retryLater(error);
        return false;
      }
      if (this.drop(intent)) this.doors.rollback(intent, error);
      return true;
    }
  }

  /** Forgets exactly this wish. False when a newer one for the same target has replaced it. */
  private drop(intent: Intent): boolean {
    const intents = this.doors.load();
    const rest = intents.filter(
      (each) => !(isFor(each, intent.kind, intent.target) && each.turn === intent.turn),
    );
    this.doors.save(rest);
    return rest.length < intents.length;
  }

  private retryLater(error: unknown): void {
    const waiting = this.waiting;
    this.doors.schedule(
      () => {
        if (waiting === this.waiting) void this.flush();
      },
      this.doors.pauseMs(this.failures, error),
    );
  }
}

function isFor(intent: Intent, kind: IntentKind, target: string): boolean {
  return intent.kind === kind && intent.target === target;
}
