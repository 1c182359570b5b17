import { describe, expect, it } from "vitest";
import css from "../../tokens.css?raw";

function tokens(theme: 0 | 1): Map<string, string> {
  const found = new Map<string, string>();
  const hex = "#[0-9A-Fa-f]{6}";
  const pair = new RegExp(`(--[\\w-]+): light-dark\\((${hex}), (${hex})\\)`, "g");
  for (const [, name = "", light = "", dark = ""] of css.matchAll(pair)) {
    found.set(name, theme === 0 ? light : dark);
  }
  for (const [, name = "", value = ""] of css.matchAll(new RegExp(`(--[\\w-]+): (${hex});`, "g"))) {
    found.set(name, value);
  }
  return found;
}

/** Relative luminance and contrast of WCAG 2.2. */
function contrast(a: string, b: string): number {
  const light = (hex: string) => {
    const channel = (at: number) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  };
  const [high = 0, low = 0] = [light(a), light(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ["--paper", "--card", "--fill", "--fill-pressed", "--red-wash", "--raised"];
const texts = ["--ink", "--ink-2", "--red-text"];
const pairs: [string, string][] = [
  ...texts.flatMap((text) => surfaces.map((surface) => [text, surface] as [string, string])),
  ["--on-action", "--action"],
  ["--on-action", "--action-pressed"],
  ["--ok-text", "--card"],
  ["--warn-text", "--card"],
  ["--warn-text", "--fill"],
  ["--card", "--ink"],
];

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("the %s theme", (_, theme) => {
  it.each(pairs)("%s on %s is readable", (text, surface) => {
    const known = tokens(theme);
    expect(contrast(known.get(text) ?? "", known.get(surface) ?? "")).toBeGreaterThanOrEqual(4.5);
  });
});
