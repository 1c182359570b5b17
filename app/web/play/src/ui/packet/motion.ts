/** Celebration: numbers that count up, coins that fall for a second, a short buzz. */

const coinsMax = 46;
const fallMs = 1_150;
const gravity = 1_900;

export function calm(): boolean {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Calls `show` with growing values until `target`, easing out; returns how to stop. */
export function countUp(target: number, ms: number, show: (value: number) => void): () => void {
  if (calm() || target === 0) {
    show(target);
    return () => undefined;
  }
  const begun = performance.now();
  let frame = requestAnimationFrame(function step(now) {
    const part = Math.min(1, Math.max(0, now - begun) / ms);
    show(Math.round(target * (1 - (1 - part) ** 3)));
    if (part < 1) frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}

export function buzz(pattern: number | number[]): void {
  if (calm()) return;
  // Not everywhere, and only after a tap: it is no loss when it is refused.
  navigator.vibrate?.(pattern);
}

interface Coin {
  x: number;
  y: number;
  vx: number;
  vy: number;
  size: number;
  turn: number;
  spin: number;
}

/** Throws coins up from the middle and lets them fall for a second; nothing with reduced motion. */
export function dropCoins(canvas: HTMLCanvasElement): () => void {
  const pen = canvas.getContext("2d");
  if (calm() || pen === null) return () => undefined;
  const scale = Math.min(2, window.devicePixelRatio);
  const { innerWidth: width, innerHeight: height } = window;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const sprite = drawCoin(28 * scale);
  const coins = Array.from({ length: coinsMax }, () => toss(width, height));
  const begun = performance.now();
  let last = begun;
  let frame = requestAnimationFrame(function step(now) {
    const seconds = Math.min(0.04, Math.max(0, now - last) / 1_000);
    last = now;
    const age = (now - begun) / fallMs;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (age >= 1) return;
    pen.globalAlpha = age < 0.75 ? 1 : (1 - age) * 4;
    for (const coin of coins) {
      coin.vy += gravity * seconds;
      coin.x += coin.vx * seconds;
      coin.y += coin.vy * seconds;
      coin.turn += coin.spin * seconds;
      const size = coin.size * scale;
      pen.setTransform(Math.cos(coin.turn), 0, 0, 1, coin.x * scale, coin.y * scale);
      pen.drawImage(sprite, -size / 2, -size / 2, size, size);
    }
    frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}

function toss(width: number, height: number): Coin {
  const side = Math.random() - 0.5;
  return {
    x: width / 2 + side * 120,
    y: height * 0.42,
    vx: side * 900,
    vy: -500 - Math.random() * 620,
    size: 14 + Math.random() * 16,
    turn: Math.random() * 6,
    spin: 6 + Math.random() * 10,
  };
}

/** A gold coin with a square hole, drawn once. */
export function drawCoin(size: number): HTMLCanvasElement {
  const sprite = document.createElement("canvas");
  sprite.width = sprite.height = Math.ceil(size);
  const pen = sprite.getContext("2d");
  if (pen === null) return sprite;
  const middle = size / 2;
  const shine = pen.createLinearGradient(0, 0, size, size);
  shine.addColorStop(0, "#fff1c9");
  shine.addColorStop(0.45, "#f7c873");
  shine.addColorStop(1, "#cf8a25");
  pen.fillStyle = shine;
  pen.beginPath();
  pen.arc(middle, middle, middle - 1, 0, Math.PI * 2);
  pen.fill();
  pen.strokeStyle = "#b8731a";
  pen.lineWidth = size / 16;
  pen.beginPath();
  pen.arc(middle, middle, middle * 0.74, 0, Math.PI * 2);
  pen.stroke();
  pen.fillStyle = "#b8731a";
  pen.fillRect(middle - size / 9, middle - size / 9, size / 4.5, size / 4.5);
  return sprite;
}
