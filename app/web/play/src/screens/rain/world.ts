/**
 * What falls in a rain, and what a tap catches. No pictures, no clock, no network: those are its
 * caller's. Things are made once and used again, so that the loop leaves nothing to clean up.
 */

export interface Layer {
  /** Width of an envelope, in CSS pixels. */
  size: number;
  /** Pixels a second. */
  speed: number;
}

/** Far, middle, near: small and slow to large and fast. */
export const layers: readonly Layer[] = [
  { size: 34, speed: 150 },
  { size: 52, speed: 250 },
  { size: 76, speed: 370 },
];

export interface Drop {
  layer: number;
  coin: boolean;
  alive: boolean;
  x: number;
  y: number;
  drift: number;
  turn: number;
  spin: number;
}

export interface Spark {
  alive: boolean;
  x: number;
  y: number;
  vx: number;
  vy: number;
  /** Seconds since the burst. */
  age: number;
}

export const envelopeRatio = 1.3;
export const sparkSeconds = 0.5;
const dropsMax = 48;
const sparksMax = 96;
const sparksOfOne = 12;
const everySeconds = 0.115;
const coinShare = 0.24;
const comboSeconds = 1.1;
/** A finger is wider than a far envelope. */
const reachPixels = 14;
const sparkGravity = 900;

export class World {
  readonly drops: Drop[];
  readonly sparks: Spark[];
  caught = 0;
  combo = 0;
  comboBest = 0;
  /** Seconds since the last catch. */
  sinceCatch = Infinity;
  private untilNext = 0;

  /** `chance` gives numbers from 0 to 1. */
  constructor(
    private width: number,
    private height: number,
    private readonly chance: () => number,
  ) {
    this.drops = Array.from({ length: dropsMax }, emptyDrop);
    this.sparks = Array.from({ length: sparksMax }, emptySpark);
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  /** Moves everything on by some seconds. */
  step(seconds: number): void {
    this.sinceCatch += seconds;
    if (this.sinceCatch > comboSeconds) this.combo = 0;
    this.untilNext -= seconds;
    while (this.untilNext <= 0) {
      this.spawn();
      this.untilNext += everySeconds;
    }
    for (const drop of this.drops) if (drop.alive) this.fall(drop, seconds);
    for (const spark of this.sparks) if (spark.alive) fly(spark, seconds);
  }

  /** Catches the nearest thing under a finger; answers whether there was one. */
  tap(x: number, y: number): boolean {
    let found: Drop | null = null;
    for (const drop of this.drops) {
      if (drop.alive && isUnder(drop, x, y) && (found === null || drop.layer >= found.layer)) {
        found = drop;
      }
    }
    if (found === null) return false;
    this.take(found);
    return true;
  }

  /** Catches whatever is lowest, for those who cannot aim; answers whether there was anything. */
  tapAny(): boolean {
    let lowest: Drop | null = null;
    for (const drop of this.drops) {
      if (drop.alive && (lowest === null || drop.y > lowest.y)) lowest = drop;
    }
    if (lowest === null) return false;
    this.take(lowest);
    return true;
  }

  private take(drop: Drop): void {
    drop.alive = false;
    this.caught += 1;
    this.combo = this.sinceCatch <= comboSeconds ? this.combo + 1 : 1;
    this.comboBest = Math.max(this.comboBest, this.combo);
    this.sinceCatch = 0;
    this.burst(drop.x, drop.y);
  }

  private fall(drop: Drop, seconds: number): void {
    const layer = layers[drop.layer] as Layer;
    drop.y += layer.speed * seconds;
    drop.x += drop.drift * seconds;
    drop.turn += drop.spin * seconds;
    if (drop.y > this.height + layer.size * envelopeRatio) drop.alive = false;
  }

  private spawn(): void {
    const drop = this.drops.find((each) => !each.alive);
    if (drop === undefined) return;
    const kind = this.chance();
    drop.layer = kind < 0.3 ? 0 : kind < 0.72 ? 1 : 2;
    const { size } = layers[drop.layer] as Layer;
    drop.coin = this.chance() < coinShare;
    drop.alive = true;
    drop.x = size / 2 + this.chance() * Math.max(0, this.width - size);
    drop.y = -size * envelopeRatio;
    drop.drift = (this.chance() - 0.5) * 36;
    drop.turn = (this.chance() - 0.5) * 0.7;
    drop.spin = (this.chance() - 0.5) * 1.2;
  }

  private burst(x: number, y: number): void {
    let left = sparksOfOne;
    for (const spark of this.sparks) {
      if (left === 0) return;
      if (spark.alive) continue;
      const angle = (left / sparksOfOne) * Math.PI * 2 + this.chance() * 0.5;
      const speed = 120 + this.chance() * 220;
      left -= 1;
      spark.alive = true;
      spark.age = 0;
      spark.x = x;
      spark.y = y;
      spark.vx = Math.cos(angle) * speed;
      spark.vy = Math.sin(angle) * speed - 120;
    }
  }
}

function fly(spark: Spark, seconds: number): void {
  spark.age += seconds;
  if (spark.age > sparkSeconds) spark.alive = false;
  spark.vy += sparkGravity * seconds;
  spark.x += spark.vx * seconds;
  spark.y += spark.vy * seconds;
}

function isUnder(drop: Drop, x: number, y: number): boolean {
  const { size } = layers[drop.layer] as Layer;
  const height = drop.coin ? size : size * envelopeRatio;
  return (
    Math.abs(x - drop.x) <= size / 2 + reachPixels &&
    Math.abs(y - drop.y) <= height / 2 + reachPixels
  );
}

function emptyDrop(): Drop {
  return { layer: 0, coin: false, alive: false, x: 0, y: 0, drift: 0, turn: 0, spin: 0 };
}

function emptySpark(): Spark {
  return { alive: false, x: 0, y: 0, vx: 0, vy: 0, age: 0 };
}
