import { describe, expect, it } from "vitest";
import type { Cue, CueKind } from "@play/api/videos";
import {
  begunAt,
  endedAt,
  exactTime,
  inputOf,
  lack,
  lanes,
  lengthMsMin,
  moved,
  newCue,
  readTime,
  readYuan,
  rulerStep,
  snapped,
} from "../src/studio/edits";

const filmMs = 30_000;

function cue(id: string, at: number, until: number, kind: CueKind = "product"): Cue {
  return { id, at, until, kind, ref: "1", position: "bottom_left", text: "", target: null };
}

describe("cues", () => {
  it("stay within the film and keep their length when they are moved", () => {
    expect(moved(cue("a", 5_000, 9_000), 28_000, filmMs)).toMatchObject({
      at: 26_000,
      until: filmMs,
    });
    expect(moved(cue("a", 5_000, 9_000), -800, filmMs)).toMatchObject({ at: 0, until: 4_000 });
  });

  it("never become too short to be read", () => {
    expect(begunAt(cue("a", 5_000, 9_000), 12_000).at).toBe(9_000 - lengthMsMin);
    expect(endedAt(cue("a", 5_000, 9_000), 0, filmMs).until).toBe(5_000 + lengthMsMin);
    expect(endedAt(cue("a", 5_000, 9_000), 99_000, filmMs).until).toBe(filmMs);
  });

  it("begin with eight seconds, or what the film has left", () => {
    expect(newCue("product", 1_000, filmMs)).toMatchObject({ at: 1_000, until: 9_000 });
    expect(newCue("product", 29_900, filmMs)).toMatchObject({ at: 29_500, until: filmMs });
  });

  it("say what they still need", () => {
    expect(lack({ ...cue("a", 0, 1), ref: null })).toBe("ref");
    expect(lack({ ...cue("a", 0, 1, "chapter"), ref: null })).toBe("text");
    expect(lack({ ...cue("a", 0, 1, "link"), ref: "javascript:alert(1)" })).toBe("link");
    expect(lack({ ...cue("a", 0, 1, "link"), ref: "https://shop.example/a" })).toBeNull();
  });

  it("are sent without an id while they are new", () => {
    expect(inputOf(newCue("product", 0, filmMs))).not.toHaveProperty("id");
    expect(inputOf(cue("7", 0, 900)).id).toBe("7");
  });

  it("lie in rows where none covers another", () => {
    const rows = lanes([cue("a", 0, 5_000), cue("b", 4_000, 8_000), cue("c", 5_000, 6_000)]);
    expect([...rows]).toEqual([
      ["a", 0],
      ["b", 1],
      ["c", 0],
    ]);
  });
});

describe("times", () => {
  it("are read as people write them, and written so", () => {
    expect(["65", "1:05", "1:05.25", "x", "1:2:3", ""].map(readTime)).toEqual([
      65_000,
      65_000,
      65_250,
      null,
      null,
      null,
    ]);
    expect([0, 65_240, 600_000].map(exactTime)).toEqual(["0:00.0", "1:05.2", "10:00.0"]);
    expect(exactTime(59_990)).toBe("1:00.0");
  });

  it("snap to what is near", () => {
    expect(snapped(1_020, [1_000, 5_000], 50)).toBe(1_000);
    expect(snapped(1_200, [1_000, 5_000], 50)).toBe(1_200);
  });

  it("stand on the ruler with room between them", () => {
    expect(rulerStep(30_000, 900, 76)).toBe(5);
    expect(rulerStep(3_600_000, 900, 76)).toBe(600);
  });

  it("read amounts as they are written, and nothing else", () => {
    expect(["8", "8.8", "88.88", " 0.01 "].map(readYuan)).toEqual([800, 880, 8_888, 1]);
    expect(["", "0", "1.234", "1e3", "-1", "￥1", "123456789"].map(readYuan)).toEqual(
      Array(7).fill(null),
    );
  });
});
