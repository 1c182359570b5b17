import { describe, expect, it } from "vitest";
import { Problem, Unreachable } from "../src/api/problems";
import type { WatchEvent } from "../src/api/videos";
import { Viewing, WatchLog } from "../src/store/watching";

class Doors {
  readonly sent: WatchEvent[] = [];
  readonly batches: number[] = [];
  readonly timers: (() => void)[] = [];
  now = 1_000_000;
  fails: unknown[] = [];

  async send(events: WatchEvent[]): Promise<void> {
    const failure = this.fails.shift();
    if (failure !== undefined) throw failure;
    this.sent.push(...events);
    this.batches.push(events.length);
  }

  nowMs(): number {
    return this.now;
  }

  later(run: () => void): void {
    this.timers.push(run);
  }

  /** Lets every timer come, and what it starts. */
  async pass(): Promise<void> {
    for (let round = 0; round < 9; round += 1) {
      this.timers.splice(0).forEach((run) => run());
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
}

function viewing() {
  const doors = new Doors();
  const log = new WatchLog(doors);
  return { doors, log, view: new Viewing("9", log, () => doors.now) };
}

describe("watching events", () => {
  it("leave with the first frame, then in one batch, in order, under one session", async () => {
    const { doors, view } = viewing();
    view.frame(40, 8_000);
    view.cueShown("c");
    view.cueShown("c");
    view.cueTapped("c");
    view.addedToCart("p", "c");
    await doors.pass();
    expect(doors.batches).toEqual([2, 4]);
    expect(doors.sent.map((event) => event.kind)).toEqual([
      "impression",
      "play",
      "progress",
      "cue_shown",
      "cue_tapped",
      "add_to_cart",
    ]);
    expect(new Set(doors.sent.map((event) => event.session)).size).toBe(1);
    expect(doors.sent[5]).toMatchObject({ productId: "p", cueId: "c", position: 40 });
  });

  it("tell progress every five seconds of the clock, and quarters", async () => {
    const { doors, view } = viewing();
    for (let ms = 0; ms <= 8_000; ms += 500) {
      view.frame(ms, 8_000);
      doors.now += 500;
    }
    view.ended(8_000);
    await doors.pass();
    const kinds = doors.sent.map((event) => event.kind);
    expect(kinds.filter((kind) => kind === "progress")).toHaveLength(2);
    expect(doors.sent.flatMap((event) => event.quartile ?? [])).toEqual([25, 50, 75, 100]);
    expect(kinds.at(-1)).toBe("complete");
  });

  it("go out again when the network lost them, not when they were refused", async () => {
    const { doors } = viewing();
    doors.fails = [new Unreachable("cut")];
    await doors.pass();
    expect(doors.sent).toHaveLength(1);
    const refused = viewing();
    refused.doors.fails = [new Problem(400, {})];
    await refused.doors.pass();
    expect(refused.doors.sent).toHaveLength(0);
  });

  it("are bounded", async () => {
    const { doors, view } = viewing();
    for (let n = 0; n < 120; n += 1) view.cueTapped(String(n));
    await doors.pass();
    expect(doors.batches.every((size) => size <= 50)).toBe(true);
    expect(doors.sent).toHaveLength(121);
  });
});
