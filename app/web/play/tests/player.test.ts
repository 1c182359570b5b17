import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Cue, PlayView } from "../src/api/videos";
import { chooseSaver, keepPlace, placeIn } from "../src/video/choices";
import { attachNative } from "../src/video/engine";
import type { Attach, Engine, EngineDoors, Share, Stream } from "../src/video/engine";
import { Player } from "../src/video/player";
import { Film } from "./film";

const cue: Cue = {
  id: "c",
  at: 1_000,
  until: 6_000,
  kind: "link",
  ref: "/x",
  position: "bottom_left",
  text: "x",
  target: null,
};
const roll = (name: string) => ({ videoId: name, title: name, durationMs: 9_000, hls: name });

function document_(token: string, more: Partial<PlayView["timeline"]> = {}): PlayView {
  return {
    videoId: "7",
    version: "1.1.1",
    title: "film",
    state: "ready",
    visibility: "draft",
    durationMs: 60_000,
    width: 360,
    height: 640,
    complete: true,
    hls: `/m/${token}/1.1.1/index.m3u8`,
    timeline: {
      videoId: "7",
      version: 1,
      durationMs: 60_000,
      cues: [{ ...cue }],
      preRoll: null,
      postRoll: null,
      ...more,
    },
    poster: null,
    preview: null,
    storyboard: null,
    captions: [],
    expiresAt: null,
  };
}

interface Opened {
  stream: Stream;
  doors: EngineDoors;
  renewed: string[];
  saves: boolean[];
  shares: Share[];
  gone: boolean;
}

function stage(...answers: PlayView[]) {
  const film = new Film();
  const opened: Opened[] = [];
  const frames: number[] = [];
  const asked: (string | undefined)[] = [];
  const moments: string[][] = [];
  let ended = 0;
  let settled = 0;
  const attach: Attach = async (_, stream, doors): Promise<Engine> => {
    const each: Opened = { stream, doors, renewed: [], saves: [], shares: [], gone: false };
    opened.push(each);
    return {
      take: (share) => each.shares.push(share),
      renew: (url) => each.renewed.push(url),
      save: (on) => each.saves.push(on),
      destroy: () => (each.gone = true),
    };
  };
  const player = new Player(
    "7",
    film as unknown as HTMLVideoElement,
    {
      frame: (ms) => frames.push(ms),
      moments: (cues) => moments.push(cues.map(({ id }) => id)),
      ended: () => (ended += 1),
      settled: () => (settled += 1),
    },
    async (_, version) => {
      asked.push(version);
      return answers.length > 1 ? (answers.shift() as PlayView) : (answers[0] as PlayView);
    },
    attach,
  );
  const now = () => opened.at(-1) as Opened;
  const told = { endings: () => ended, settlings: () => settled };
  return { film, player, opened, frames, asked, moments, now, ...told };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  vi.stubGlobal("document", { visibilityState: "visible" });
});
afterEach(() => {
  keepPlace("7", null);
  chooseSaver("auto");
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("rolls", () => {
  const rolls = { preRoll: roll("pre"), postRoll: roll("post") };

  it("come before and after, and their time is nobody's", async () => {
    const { film, player, now, frames, moments, endings } = stage(document_("7", rolls));
    await player.load();
    player.start();
    expect(now().stream.url).toBe("pre");
    film.shows(0, 1, 2, 8);
    film.tell("ended");
    film.frame?.(8.9); // the roll's last frame comes late
    await settle();
    expect([player.part.value, now().stream.startSeconds]).toEqual(["film", 0]);
    expect([frames, moments, player.timeMs.value]).toEqual([[], [], 0]);
    film.shows(0, 1.2);
    expect(frames).toEqual([0, 1_200]);
    expect(moments).toEqual([["c"]]);
    film.tell("ended");
    await settle();
    expect([player.part.value, now().stream.url, endings()]).toEqual(["post", "post", 1]);
    film.shows(1, 2);
    expect([frames.length, moments.length]).toEqual([2, 1]);
  });

  it("end in silence, with the film ready from its beginning", async () => {
    const { film, player, now } = stage(document_("7", { postRoll: roll("post") }));
    await player.load();
    player.start();
    film.tell("ended");
    await settle();
    film.pause();
    film.tell("ended");
    await settle();
    expect(player.phase.value).toBe("ended");
    expect(film.paused).toBe(true);
    expect(now().stream.url).toContain("/m/7/");
  });

  it("that cannot be shown are left out", async () => {
    const { player, now } = stage(document_("7", rolls));
    await player.load();
    now().doors.failed();
    await settle();
    expect([player.part.value, player.phase.value]).toEqual(["film", "ready"]);
    now().doors.failed();
    expect(player.phase.value).toBe("failed");
  });

  it("may be skipped before they have begun", async () => {
    const { player, opened } = stage(document_("7", rolls));
    void player.load();
    while (player.part.value !== "pre") await Promise.resolve();
    player.skipRoll();
    await settle();
    const there = opened.filter(({ gone }) => !gone).map(({ stream }) => stream.url);
    expect(there).toEqual(["/m/7/1.1.1/index.m3u8"]);
  });
});

describe("renewal", () => {
  const ends = (ms: number) => new Date(Date.now() + ms).toISOString();
  const first = () => ({ ...document_("one", { preRoll: roll("pre") }), expiresAt: ends(120_000) });
  const second = () => ({ ...document_("two", { preRoll: roll("p2") }), expiresAt: ends(600_000) });

  it("comes before the end, and goes to what is played", async () => {
    const { film, player, now, asked } = stage(first(), second());
    await player.load();
    player.start();
    await vi.advanceTimersByTimeAsync(61_000);
    expect(asked).toEqual([undefined, "1.1.1"]);
    expect(now().renewed).toEqual(["p2"]);
    film.tell("ended");
    await settle();
    expect(now().stream.url).toBe("/m/two/1.1.1/index.m3u8");
  });

  it("shows no moment anew", async () => {
    const plain = { ...document_("one"), expiresAt: ends(120_000) };
    const { film, player, moments } = stage(plain, second());
    await player.load();
    player.start();
    film.shows(1.2);
    await vi.advanceTimersByTimeAsync(61_000);
    film.frame?.(1.3);
    expect(moments).toEqual([["c"]]);
  });

  it("comes at once after a sleep, and when an address was refused", async () => {
    const { player, now, asked } = stage(first(), second());
    await player.load();
    vi.setSystemTime(Date.now() + 300_000);
    player.wake();
    await settle();
    expect(asked).toHaveLength(2);
    now().doors.refused();
    now().doors.refused();
    await settle();
    expect(asked).toHaveLength(3);
    player.destroy();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toHaveLength(3);
  });
});

describe("a viewer's wishes", () => {
  it("go on where one left, to the frame one stopped at", async () => {
    const { film, player, now } = stage(document_("7", { preRoll: roll("pre") }));
    keepPlace("7", 20_000);
    await player.load();
    expect([now().stream.startSeconds, player.part.value]).toEqual([20, "film"]);
    player.start();
    film.shows(20, 21.5);
    player.pause();
    expect(placeIn("7")).toBe(21_500);
  });

  it("for less data hold for the film that plays", async () => {
    const { player, now } = stage(document_("7"));
    await player.load();
    chooseSaver("on");
    expect(now().saves).toEqual([true]);
  });
});

describe("a film's share of the line", () => {
  it("is its beginning before it may have all, and nothing once it is swiped past", async () => {
    const { film, player, now, settlings } = stage(document_("7"));
    await player.load();
    expect([now().stream.share, settlings(), player.settled]).toEqual(["some", 0, false]);
    now().doors.begun();
    film.shows(0);
    expect([settlings(), player.settled]).toEqual([1, true]);
    player.start();
    player.fill();
    player.leave();
    player.start();
    expect(now().shares).toEqual(["some", "some", "all", "none", "some"]);
  });

  it("is nothing where it was swiped past before it was opened", async () => {
    const { player, now } = stage(document_("7"));
    const loading = player.load();
    player.leave();
    await loading;
    expect([now().stream.share, now().shares]).toEqual(["none", ["none"]]);
  });

  it("is left to others when it fails", async () => {
    const { player, now, settlings } = stage(document_("7"));
    await player.load();
    now().doors.failed();
    expect([settlings(), player.settled]).toEqual([1, true]);
  });
});

describe("the browser's own HLS", () => {
  it("exchanges addresses where the film stands still, and goes on there", () => {
    const film = new Film();
    const failed = vi.fn();
    const stream = { url: "a", startSeconds: 4, share: "all" as const, savesData: false };
    const doors = { failed, refused: vi.fn(), begun: vi.fn() };
    const engine = attachNative(film as unknown as HTMLVideoElement, stream, doors);
    film.tell("loadedmetadata");
    expect(film.currentTime).toBe(4);
    void film.play();
    film.currentTime = 9;
    engine.renew("b");
    expect(film.src).toBe("a");
    film.tell("waiting");
    expect(film.src).toBe("b");
    film.pause();
    film.currentTime = 0;
    film.tell("loadedmetadata");
    expect([film.currentTime, film.paused]).toEqual([9, false]);
    film.tell("error");
    expect(failed).toHaveBeenCalledOnce();
  });
});
