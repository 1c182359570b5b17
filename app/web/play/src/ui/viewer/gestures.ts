/** Turns touches on the viewer's stage into swipes, pinches, pans, taps and double taps. */

import { keepInside, rest, turns, zoomAt } from "./geometry";
import type { Size, Zoom } from "./geometry";

export interface GestureDoors {
  stage(): { size: Size; left: number; top: number };
  picture(): Size;
  zoom(): Zoom;
  setZoom(zoom: Zoom, moving: boolean): void;
  /** The strip of pictures follows the finger sideways, or the picture downwards to close. */
  drag(dx: number, dy: number): void;
  turn(by: -1 | 0 | 1): void;
  tap(): void;
  close(): void;
}

const doubleTapMs = 280;
const tapPx = 8;
const closePx = 110;
const doubleTapScale = 2.5;

interface Point {
  x: number;
  y: number;
}

export class Gestures {
  private readonly points = new Map<number, Point>();
  private start: (Point & { at: number }) | null = null;
  private startZoom: Zoom = rest;
  private startGap = 0;
  private moved = false;
  private axis: "x" | "y" | null = null;
  private tapTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly doors: GestureDoors) {}

  down(id: number, x: number, y: number): void {
    this.points.set(id, { x, y });
    this.startZoom = this.doors.zoom();
    if (this.points.size === 1) {
      this.start = { x, y, at: Date.now() };
      this.moved = false;
      this.axis = null;
    } else if (this.points.size === 2) {
      this.moved = true;
      this.startGap = this.gap();
      this.doors.drag(0, 0);
    }
  }

  move(id: number, x: number, y: number): void {
    if (!this.points.has(id) || this.start === null) return;
    this.points.set(id, { x, y });
    if (this.points.size >= 2) return this.pinch();
    const dx = x - this.start.x;
    const dy = y - this.start.y;
    if (!this.moved && Math.hypot(dx, dy) < tapPx) return;
    this.moved = true;
    if (this.startZoom.scale > 1) return this.pan(dx, dy);
    this.axis ??= Math.abs(dx) >= Math.abs(dy) ? "x" : "y";
    this.doors.drag(this.axis === "x" ? dx : 0, this.axis === "y" ? dy : 0);
  }

  up(id: number): void {
    const last = this.points.get(id);
    this.points.delete(id);
    if (this.start === null || last === undefined) return;
    if (this.points.size > 0) return this.goOnWithOneFinger();
    const { x, y, at } = this.start;
    this.start = null;
    if (!this.moved) this.tapped(last);
    else if (this.startZoom.scale <= 1 && this.axis !== null) {
      this.released(last.x - x, last.y - y, Date.now() - at);
    } else this.doors.setZoom(this.doors.zoom(), false);
  }

  cancel(): void {
    this.points.clear();
    this.start = null;
    this.doors.turn(0);
  }

  private released(dx: number, dy: number, durationMs: number): void {
    if (this.axis === "y" && Math.abs(dy) > closePx) this.doors.close();
    else if (this.axis === "x")
      this.doors.turn(turns(dx, durationMs, this.doors.stage().size.width));
    else this.doors.turn(0);
  }

  private tapped(point: Point): void {
    if (this.tapTimer === null) {
      this.tapTimer = setTimeout(() => {
        this.tapTimer = null;
        this.doors.tap();
      }, doubleTapMs);
      return;
    }
    clearTimeout(this.tapTimer);
    this.tapTimer = null;
    const zoomed = this.doors.zoom().scale > 1;
    const middle = this.fromMiddle(point);
    const next = zoomed ? rest : zoomAt(rest, doubleTapScale, middle.x, middle.y);
    this.doors.setZoom(this.kept(next), false);
  }

  private pinch(): void {
    const [a, b] = [...this.points.values()];
    if (!a || !b || this.startGap === 0) return;
    const middle = this.fromMiddle({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
    const scale = (this.startZoom.scale * this.gap()) / this.startGap;
    this.doors.setZoom(this.kept(zoomAt(this.startZoom, scale, middle.x, middle.y)), true);
  }

  private pan(dx: number, dy: number): void {
    const { scale, x, y } = this.startZoom;
    this.doors.setZoom(this.kept({ scale, x: x + dx, y: y + dy }), true);
  }

  private goOnWithOneFinger(): void {
    const [left] = this.points.values();
    if (!left) return;
    this.start = { ...left, at: Date.now() };
    this.startZoom = this.doors.zoom();
  }

  private kept(zoom: Zoom): Zoom {
    return keepInside(zoom, this.doors.stage().size, this.doors.picture());
  }

  private fromMiddle(point: Point): Point {
    const { size, left, top } = this.doors.stage();
    return { x: point.x - left - size.width / 2, y: point.y - top - size.height / 2 };
  }

  private gap(): number {
    const [a, b] = [...this.points.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }
}
