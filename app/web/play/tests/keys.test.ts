import { describe, expect, it, vi } from "vitest";
import { pressed } from "../src/screens/watch/keys";
import type { KeyDoors } from "../src/screens/watch/keys";

class Place {
  constructor(private readonly matching: string[] = []) {}
  closest(selector: string): Place | null {
    return selector.split(", ").some((each) => this.matching.includes(each)) ? this : null;
  }
}
vi.stubGlobal("Element", Place);

function press(key: string, target: unknown = new Place(), more: object = {}): string[] {
  const told: string[] = [];
  const doors = new Proxy({} as KeyDoors, {
    get: (_, name) => (by?: number) =>
      void told.push(by === undefined ? String(name) : `${String(name)} ${by}`),
  });
  let kept = false;
  const event = { key, target, preventDefault: () => (kept = true), ...more };
  expect(pressed(event as unknown as KeyboardEvent, doors)).toBe(kept);
  return told;
}

describe("keys on a film", () => {
  it("do everything that fingers do", () => {
    const meant: [string, string][] = [
      [" ", "toggle"],
      ["K", "toggle"],
      ["ArrowUp", "turn -1"],
      ["PageDown", "turn 1"],
      ["ArrowLeft", "seek -5000"],
      ["ArrowRight", "seek 5000"],
      ["m", "sound"],
      ["c", "captions"],
      ["b", "tray"],
      ["l", "like"],
      ["Escape", "back"],
    ];
    for (const [key, what] of meant) expect(press(key)).toEqual([what]);
    expect(press("x")).toEqual([]);
  });

  it("are left to fields, buttons, sliders, dialogs and the browser", () => {
    expect(press("m", new Place(["input"]))).toEqual([]);
    expect(press("Escape", new Place(["dialog"]))).toEqual([]);
    expect(press(" ", new Place(["button"]))).toEqual([]);
    expect(press("m", new Place(["button"]))).toEqual(["sound"]);
    expect(press("ArrowLeft", new Place(["[role=slider]"]))).toEqual([]);
    expect(press("l", new Place(), { ctrlKey: true })).toEqual([]);
  });
});
