/** Plays one wave on a canvas: the loop, the finger, and the pause while nobody looks. */

import { serverNow } from "../../api/clock";
import { buzz } from "../../ui/packet/motion";
import { Painter } from "./paint";
import type { Label } from "./paint";
import { World } from "./world";

export interface Score {
  caught: number;
  comboBest: number;
}

export interface GameDoors {
  /** By the server's clock, in milliseconds. */
  beginsMs: number;
  endsMs: number;
  caught: () => void;
  done: (score: Score) => void;
}

const stepSecondsMax = 0.05;
const catchBuzzMs = 12;

export class Game {
  private readonly world: World;
  private readonly painter: Painter;
  private frame = 0;
  private last = 0;
  private label: Label | null = null;
  private over = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly doors: GameDoors,
  ) {
    this.world = new World(innerWidth, innerHeight, Math.random);
    this.painter = new Painter(canvas);
    this.fit();
    canvas.addEventListener("pointerdown", this.touch);
    window.addEventListener("resize", this.fit);
    document.addEventListener("visibilitychange", this.look);
    this.look();
  }

  /** Shows words in the middle for a moment: what was won. */
  say(text: string): void {
    this.label = { text, age: 0 };
  }

  /** For keyboards and switches: catches what is lowest. */
  catchAny(): void {
    if (!this.over && this.world.tapAny()) this.caughtOne();
  }

  /** Ends the wave now; `done` is told once. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.stop();
    this.doors.done({ caught: this.world.caught, comboBest: this.world.comboBest });
  }

  /** Lets go of the canvas without a word. */
  stop(): void {
    this.over = true;
    cancelAnimationFrame(this.frame);
    this.canvas.removeEventListener("pointerdown", this.touch);
    window.removeEventListener("resize", this.fit);
    document.removeEventListener("visibilitychange", this.look);
  }

  private readonly fit = () => {
    this.world.resize(innerWidth, innerHeight);
    this.painter.resize(innerWidth, innerHeight, devicePixelRatio);
  };

  private readonly look = () => {
    cancelAnimationFrame(this.frame);
    if (this.over || document.visibilityState === "hidden") return;
    this.last = performance.now();
    this.frame = requestAnimationFrame(this.turn);
  };

  private readonly touch = (event: PointerEvent) => {
    event.preventDefault();
    if (this.world.tap(event.clientX, event.clientY)) this.caughtOne();
  };

  private caughtOne(): void {
    buzz(catchBuzzMs);
    this.doors.caught();
  }

  private readonly turn = (now: number) => {
    const seconds = Math.min(stepSecondsMax, Math.max(0, now - this.last) / 1_000);
    this.last = now;
    const leftMs = this.doors.endsMs - serverNow();
    if (leftMs <= 0) {
      this.end();
      return;
    }
    this.world.step(seconds);
    if (this.label !== null) this.label.age += seconds;
    const whole = this.doors.endsMs - this.doors.beginsMs;
    this.painter.frame(this.world, Math.min(1, leftMs / whole), leftMs / 1_000, this.label);
    this.frame = requestAnimationFrame(this.turn);
  };
}
