/** Addresses of an unpublished film end; fresh ones are asked for before that. */

import type { Timestamp } from "../api/types";

const beforeMs = 60_000;
const againMs = 15_000;

export interface RenewalDoors {
  nowMs(): number;
  /** Runs it later; what is returned calls it off. */
  later(run: () => void, ms: number): () => void;
  /** Asks for fresh addresses, uses them, and says when they end. */
  ask(): Promise<Timestamp | null>;
}

export class Renewal {
  private endsMs: number | null = null;
  private callOff: (() => void) | null = null;
  private asking = false;
  private over = false;

  constructor(private readonly doors: RenewalDoors) {}

  /** The present addresses are good until then; null: for ever. */
  until(expiresAt: Timestamp | null): void {
    this.callOff?.();
    this.endsMs = expiresAt === null ? null : Date.parse(expiresAt);
    if (this.endsMs !== null) this.later(this.endsMs - beforeMs - this.doors.nowMs());
  }

  /** Timers sleep with the phone: what came due meanwhile is done now. */
  wake(): void {
    if (this.endsMs !== null && this.doors.nowMs() >= this.endsMs - beforeMs) void this.ask();
  }

  /** An address was refused: a fresh one is needed whatever the clock says. */
  async ask(): Promise<void> {
    if (this.asking || this.over || this.endsMs === null) return;
    this.asking = true;
    try {
      const expiresAt = await this.doors.ask();
      if (!this.over) this.until(expiresAt);
    } catch {
      this.later(againMs);
    }
    this.asking = false;
  }

  stop(): void {
    this.over = true;
    this.callOff?.();
  }

  private later(ms: number): void {
    this.callOff?.();
    if (!this.over) this.callOff = this.doors.later(() => void this.ask(), Math.max(1_000, ms));
  }
}
