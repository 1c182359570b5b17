/** Draws a rain from sprites that are drawn once: the loop makes and measures nothing. */

import { drawCoin } from "../../ui/packet/motion";
import { envelopeRatio, layers, sparkSeconds } from "./world";
import type { World } from "./world";

const tau = Math.PI * 2;
const ringRadius = 30;
const ringTop = 64;
const popSeconds = 0.16;
const serif = '"Songti SC", "Noto Serif SC", "Noto Serif CJK SC", serif';
const shades = ["#9c2a20", "#cf2a1e", "#ee3e31"] as const;

interface Sprites {
  envelopes: HTMLCanvasElement[];
  coins: HTMLCanvasElement[];
}

export interface Label {
  text: string;
  /** Seconds since it appeared. */
  age: number;
}

const labelSeconds = 1.6;

export class Painter {
  private readonly pen: CanvasRenderingContext2D;
  private scale = 1;
  private width = 0;
  private height = 0;
  private sprites: Sprites = { envelopes: [], coins: [] };

  constructor(private readonly canvas: HTMLCanvasElement) {
    const pen = canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    this.pen = pen;
  }

  /** Outside of the loop only: changes the canvas and draws the sprites for its density. */
  resize(width: number, height: number, density: number): void {
    this.width = width;
    this.height = height;
    this.scale = Math.min(2, density);
    this.canvas.width = Math.round(width * this.scale);
    this.canvas.height = Math.round(height * this.scale);
    this.sprites = {
      envelopes: layers.map(({ size }, index) =>
        drawEnvelope(size * this.scale, shades[index] ?? shades[2]),
      ),
      coins: layers.map(({ size }) => drawCoin(size * 0.72 * this.scale)),
    };
  }

  /** One frame; `left` is the part of the wave that is left, from 1 to 0. */
  frame(world: World, left: number, seconds: number, label: Label | null): void {
    const { pen } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.globalAlpha = 1;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (let layer = 0; layer < layers.length; layer++) this.paintLayer(world, layer);
    this.paintSparks(world);
    this.paintRing(left, seconds);
    if (world.combo > 1) this.paintCombo(world);
    if (label !== null && label.age < labelSeconds) this.paintLabel(label);
  }

  private paintLayer(world: World, layer: number): void {
    const { pen, scale } = this;
    const envelope = this.sprites.envelopes[layer];
    const coin = this.sprites.coins[layer];
    if (!envelope || !coin) return;
    pen.globalAlpha = layer === 0 ? 0.78 : 1;
    for (const drop of world.drops) {
      if (!drop.alive || drop.layer !== layer) continue;
      const sprite = drop.coin ? coin : envelope;
      const cos = Math.cos(drop.turn);
      const sin = Math.sin(drop.turn);
      pen.setTransform(cos, sin, -sin, cos, drop.x * scale, drop.y * scale);
      pen.drawImage(sprite, -sprite.width / 2, -sprite.height / 2);
    }
  }

  private paintSparks(world: World): void {
    const { pen, scale } = this;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.fillStyle = "#ffd98c";
    for (const spark of world.sparks) {
      if (!spark.alive) continue;
      pen.globalAlpha = Math.max(0, 1 - spark.age / sparkSeconds);
      pen.beginPath();
      pen.arc(spark.x, spark.y, 4 - spark.age * 5, 0, tau);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  private paintRing(left: number, seconds: number): void {
    const { pen } = this;
    const x = this.width / 2;
    pen.lineWidth = 6;
    pen.strokeStyle = "rgb(255 233 201 / 22%)";
    pen.fillStyle = "rgb(60 0 0 / 46%)";
    pen.beginPath();
    pen.arc(x, ringTop, ringRadius, 0, tau);
    pen.fill();
    pen.stroke();
    pen.lineCap = "round";
    pen.strokeStyle = "#f7c873";
    pen.beginPath();
    pen.arc(x, ringTop, ringRadius, -tau / 4, -tau / 4 + tau * Math.max(0.001, left));
    pen.stroke();
    this.write(String(Math.ceil(seconds)), x, ringTop, 22, "#fff3dc");
  }

  private paintCombo(world: World): void {
    const pop = Math.max(0, 1 - world.sinceCatch / popSeconds);
    const size = 40 + Math.min(20, world.combo) + pop * 14;
    this.write(`×${world.combo}`, this.width / 2, ringTop + 78, size, "#ffd98c");
  }

  private paintLabel(label: Label): void {
    const { pen } = this;
    const rise = label.age * 40;
    pen.globalAlpha = Math.min(1, (labelSeconds - label.age) * 2);
    this.write(label.text, this.width / 2, this.height * 0.42 - rise, 52, "#fff3dc");
    pen.globalAlpha = 1;
  }

  private write(text: string, x: number, y: number, size: number, color: string): void {
    const { pen } = this;
    pen.font = `800 ${size}px -apple-system, "PingFang SC", "Noto Sans SC", sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 6;
    pen.strokeStyle = "rgb(80 0 0 / 72%)";
    pen.strokeText(text, x, y);
    pen.fillStyle = color;
    pen.fillText(text, x, y);
  }
}

function drawEnvelope(width: number, color: string): HTMLCanvasElement {
  const height = width * envelopeRatio;
  const sprite = document.createElement("canvas");
  sprite.width = Math.ceil(width);
  sprite.height = Math.ceil(height);
  const pen = sprite.getContext("2d");
  if (pen === null) return sprite;
  const round = width / 9;
  pen.beginPath();
  pen.roundRect(0, 0, width, height, round);
  pen.clip();
  pen.fillStyle = color;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = "rgb(90 0 0 / 26%)";
  pen.fillRect(0, height * 0.44, width, height);
  const light = pen.createLinearGradient(0, 0, 0, height * 0.6);
  light.addColorStop(0, "rgb(255 190 150 / 46%)");
  light.addColorStop(1, "rgb(255 120 90 / 0%)");
  pen.fillStyle = color;
  pen.beginPath();
  pen.ellipse(width / 2, height * 0.3, width * 0.72, height * 0.3, 0, 0, tau);
  pen.fill();
  pen.fillStyle = light;
  pen.fill();
  pen.strokeStyle = "rgb(247 200 115 / 90%)";
  pen.lineWidth = Math.max(1, width / 40);
  pen.stroke();
  sealOn(pen, width / 2, height * 0.58, width * 0.19);
  return sprite;
}

function sealOn(pen: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  const gold = pen.createRadialGradient(x - radius / 3, y - radius / 3, 0, x, y, radius);
  gold.addColorStop(0, "#fff0c4");
  gold.addColorStop(1, "#e9ac48");
  pen.fillStyle = gold;
  pen.beginPath();
  pen.arc(x, y, radius, 0, tau);
  pen.fill();
  pen.fillStyle = "#8a1309";
  pen.font = `700 ${radius * 1.15}px ${serif}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText("開", x, y + radius * 0.06);
}
