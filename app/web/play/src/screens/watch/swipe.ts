/** Fingers, wheel and taps on the stage: up and down change the film, a tap stops and starts it,
 * two taps like it. */

export interface SwipeDoors {
  height(): number;
  /** The strip follows the finger; null when it is let go. */
  drag(dy: number | null): void;
  turn(by: -1 | 0 | 1): void;
  tap(): void;
  doubleTap(x: number, y: number): void;
}

const slackPx = 10;
const flickPxPerMs = 0.45;
const farShare = 0.22;
const doubleTapMs = 260;
const wheelRestMs = 420;
const wheelPx = 24;

/** By how many films a released drag goes on. */
export function turnOf(dy: number, ms: number, height: number): -1 | 0 | 1 {
  const quick = Math.abs(dy) > slackPx && Math.abs(dy) / Math.max(1, ms) > flickPxPerMs;
  if (!quick && Math.abs(dy) < height * farShare) return 0;
  return dy < 0 ? 1 : -1;
}

export class Swipe {
  private start: { id: number; x: number; y: number; at: number } | null = null;
  private moved = false;
  private tapTimer: ReturnType<typeof setTimeout> | null = null;
  private wheeledAt = 0;

  constructor(private readonly doors: SwipeDoors) {}

  down(id: number, x: number, y: number): void {
    if (this.start !== null) return;
    this.start = { id, x, y, at: performance.now() };
    this.moved = false;
  }

  move(id: number, x: number, y: number): void {
    const { start } = this;
    if (start === null || start.id !== id) return;
    const dy = y - start.y;
    if (!this.moved && Math.hypot(x - start.x, dy) < slackPx) return;
    this.moved = true;
    this.doors.drag(dy);
  }

  up(id: number, x: number, y: number): void {
    const { start } = this;
    if (start === null || start.id !== id) return;
    this.start = null;
    this.doors.drag(null);
    if (!this.moved) return this.tapped(x, y);
    const dy = y - start.y;
    const sideways = Math.abs(x - start.x) > Math.abs(dy) * 1.5;
    const ms = performance.now() - start.at;
    this.doors.turn(sideways ? 0 : turnOf(dy, ms, this.doors.height()));
  }

  cancel(): void {
    this.start = null;
    this.doors.drag(null);
    this.doors.turn(0);
  }

  wheel(dy: number): void {
    const now = performance.now();
    if (Math.abs(dy) < wheelPx || now - this.wheeledAt < wheelRestMs) return;
    this.wheeledAt = now;
    this.doors.turn(dy > 0 ? 1 : -1);
  }

  private tapped(x: number, y: number): void {
    if (this.tapTimer !== null) {
      clearTimeout(this.tapTimer);
      this.tapTimer = null;
      return this.doors.doubleTap(x, y);
    }
    this.tapTimer = setTimeout(() => {
      this.tapTimer = null;
      this.doors.tap();
    }, doubleTapMs);
    return undefined;
  }
}
