import { describe, expect, it } from "vitest";
import type { Cue, CueKind } from "../src/api/videos";
import { turnOf } from "../src/screens/watch/swipe";
import { saidAt } from "../src/video/captions";
import { Addresses } from "../src/video/engine";
import { parseStoryboard, thumbnailAt } from "../src/video/storyboard";
import { covers, engineFor, firstLevel, saverLevel, unfitLevels } from "../src/video/support";
import {
  chapterAt,
  clockText,
  momentsAt,
  productCues,
  Quartiles,
  resumeAt,
} from "../src/video/time";

function cue(id: string, kind: CueKind, at: number, until: number, product?: string): Cue {
  const target =
    product === undefined
      ? null
      : {
          type: "product" as const,
          id: product,
          title: product,
          price: { amountMinor: 100, currency: "CNY" },
          originalPrice: null,
          image: null,
          link: null,
          stock: "in_stock" as const,
        };
  return { id, at, until, kind, ref: null, position: "bottom_left", text: "", target };
}

const cues = [
  cue("c", "chapter", 0, 30_000),
  cue("a", "product", 1_000, 30_000, "p1"),
  cue("b", "packet", 5_000, 7_000),
  cue("d", "product", 20_000, 25_000, "p1"),
];
const none: ReadonlySet<string> = new Set();

function shown(ms: number, gone = none): string[] {
  return momentsAt(cues, ms, gone).map((each) => each.id);
}

describe("moments", () => {
  it("come at their cue and leave after eight seconds, or where the cue ends", () => {
    expect(shown(999)).toEqual([]);
    expect(shown(1_000)).toEqual(["a"]);
    expect(shown(5_000)).toEqual(["b", "a"]);
    expect(shown(7_000)).toEqual(["a"]);
    expect(shown(8_999)).toEqual(["a"]);
    expect(shown(9_000)).toEqual([]);
  });

  it("that were swiped away stay away", () => {
    expect(shown(5_000, new Set(["a"]))).toEqual(["b"]);
  });

  it("do not count chapters, which have a line of their own", () => {
    expect(chapterAt(cues, 4_000)?.id).toBe("c");
    expect(chapterAt(cues, 30_000)).toBeNull();
  });

  it("bring each product into the tray once", () => {
    expect(productCues(cues).map((each) => each.id)).toEqual(["a"]);
  });
});

describe("watching", () => {
  it("passes quarters by playing, not by seeking, and each once", () => {
    const quarters = new Quartiles(4_000);
    expect([0, 900, 1_000, 1_100].flatMap((ms) => quarters.at(ms))).toEqual([25]);
    expect(quarters.at(3_500)).toEqual([]);
    expect([900, 1_000, 1_900, 2_000].flatMap((ms) => quarters.at(ms))).toEqual([50]);
    expect(quarters.end()).toEqual([100]);
    expect(quarters.end()).toEqual([]);
  });

  it("goes on where it was left, except at the beginning and the end", () => {
    expect(resumeAt(undefined, 60_000)).toBe(0);
    expect(resumeAt(2_000, 60_000)).toBe(0);
    expect(resumeAt(30_000, 60_000)).toBe(30_000);
    expect(resumeAt(58_000, 60_000)).toBe(0);
  });

  it("reads times as people do", () => {
    expect([5_400, 65_000, 3_723_000].map(clockText)).toEqual(["0:05", "1:05", "1:02:03"]);
  });
});

describe("ways of playing", () => {
  const source = { isTypeSupported: () => true };

  it("is hls.js wherever there are media sources, else the browser's own", () => {
    expect(engineFor({ MediaSource: source }, true)).toBe("mse");
    expect(engineFor({ ManagedMediaSource: source }, true)).toBe("mse");
    expect(engineFor({}, true)).toBe("native");
    expect(engineFor({ MediaSource: { isTypeSupported: () => false } }, false)).toBe("none");
  });

  const levels = [
    { videoCodec: "avc1.64001f", width: 360, height: 640, bitrate: 1 },
    { videoCodec: "av01.0.04M.08", width: 360, height: 640, bitrate: 1 },
    { videoCodec: "avc1.640028", width: 720, height: 1280, bitrate: 2 },
  ];

  it("takes AV1 only where all of it decodes smoothly and with little power", async () => {
    expect(await unfitLevels(levels, async () => false)).toEqual([1]);
    expect(await unfitLevels(levels, async () => true)).toEqual([0, 2]);
    expect(await unfitLevels([levels[0]!], async () => true)).toEqual([]);
  });

  it("stays low for who saves data", () => {
    expect(saverLevel(levels)).toBe(1);
    expect(saverLevel([levels[2]!])).toBe(0);
  });

  it("begins with what is here soon", () => {
    const rungs = [800_000, 1_600_000, 5_000_000].map((bitrate) => ({
      bitrate,
      width: 0,
      height: 0,
    }));
    const lines = [400_000, 4_000_000, 5_000_000, 20_000_000];
    expect(lines.map((line) => firstLevel(rungs, line))).toEqual([0, 0, 1, 2]);
  });
});

describe("a film's beginning", () => {
  const loaded = (...ranges: [number, number][]) => ({
    length: ranges.length,
    start: (n: number) => ranges[n]![0],
    end: (n: number) => ranges[n]![1],
  });

  it("lies ready with its first seconds, or with all there is", () => {
    const film = { buffered: loaded([0, 2], [20.1, 22]), duration: 60 };
    expect([0, 1, 20, 30].map((from) => covers(film, from))).toEqual([true, false, true, false]);
    expect(covers({ buffered: loaded([0, 0.9]), duration: 1 }, 0)).toBe(true);
    expect(covers({ buffered: loaded([0, 1]), duration: Number.NaN }, 0)).toBe(false);
  });
});

describe("captions", () => {
  const said = (startTime: number, endTime: number, textContent: string) => ({
    startTime,
    endTime,
    getCueAsHTML: () => ({ textContent }) as DocumentFragment,
  });

  it("are what is said now: from their first moment, not at their last", () => {
    const all = [said(0, 2, "a & b"), said(1, 3, "c")];
    expect([0, 1, 2, 3].map((at) => saidAt(all, at))).toEqual(["a & b", "a & b\nc", "c", ""]);
  });
});

describe("addresses", () => {
  it("of an unpublished film get the fresh token, others stay", () => {
    const addresses = new Addresses("/m/old/1.1.1/index.m3u8");
    addresses.renew("/m/new/1.1.1/index.m3u8");
    expect(addresses.of("http://h/m/old/s/ab.m4s")).toBe("http://h/m/new/s/ab.m4s");
    expect(addresses.of("http://h/m/other/s/ab.m4s")).toBe("http://h/m/other/s/ab.m4s");
    addresses.renew("/m/third/1.1.1/index.m3u8");
    expect(addresses.of("http://h/m/new/s/ab.m4s")).toBe("http://h/m/third/s/ab.m4s");
  });
});

describe("storyboards", () => {
  const text =
    "WEBVTT\n\n00:00.000 --> 00:01.000\nsprite.jpg#xywh=0,0,90,160\n\n" +
    "NOTE nothing\n\n00:01.000 --> 00:02.000\nsprite.jpg#xywh=90,0,90,160\n";

  it("name the part of a sprite for each moment", () => {
    const all = parseStoryboard(text, "http://h/media/x/board.vtt");
    expect(all).toHaveLength(2);
    expect(thumbnailAt(all, 1_500)).toMatchObject({ url: "http://h/media/x/sprite.jpg", x: 90 });
    expect(thumbnailAt(all, 9_000)?.x).toBe(90);
    expect(thumbnailAt([], 0)).toBeNull();
  });

  it("never lead to a script", () => {
    const evil = "00:00.000 --> 00:01.000\njavascript:alert(1)#xywh=0,0,9,9";
    expect(parseStoryboard(evil, "http://h/")).toEqual([]);
  });
});

describe("swipes", () => {
  it("turn when they are far or quick enough", () => {
    expect(turnOf(-300, 600, 800)).toBe(1);
    expect(turnOf(-60, 90, 800)).toBe(1);
    expect(turnOf(60, 90, 800)).toBe(-1);
    expect(turnOf(-60, 600, 800)).toBe(0);
  });
});
