import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlayView } from "../src/api/videos";
import { Deck } from "../src/screens/watch/deck";
import type { Queued } from "../src/store/videoQueue";
import { chooseSaver } from "../src/video/choices";
import type { Attach, EngineDoors, Share } from "../src/video/engine";
import { Player } from "../src/video/player";
import { Film } from "./film";

interface Loading {
  film: string;
  doors: EngineDoors;
  share: Share | "gone";
}

const queued = (videoId: string): Queued => ({ videoId, postId: null, card: null });
const items = ["a", "b", "c", "d"].map(queued);
const play = (videoId: string) =>
  ({
    videoId,
    durationMs: 60_000,
    hls: videoId,
    timeline: { cues: [], preRoll: null, postRoll: null },
    captions: [],
    expiresAt: null,
  }) as unknown as PlayView;

function stage() {
  const loadings: Loading[] = [];
  const elements = new Set<unknown>();
  const attach: Attach = async (element, { url, share }, doors) => {
    elements.add(element);
    const each: Loading = { film: url, doors, share };
    loadings.push(each);
    return {
      take: (next) => (each.share = next),
      renew: () => undefined,
      save: () => undefined,
      destroy: () => (each.share = "gone"),
    };
  };
  const events = { moments: () => undefined, ended: () => undefined };
  const near = new Set<string>();
  const deck = new Deck(events, {
    player: (id, element, told) => new Player(id, element, told, async () => play(id), attach),
    near: (id) => near.add(id),
  });
  /** What each film may load, of those that are not given up. */
  const shares = () =>
    Object.fromEntries(
      loadings.flatMap(({ film, share }) => (share === "gone" ? [] : [[film, share]])),
    );
  async function begin(film: string) {
    loadings.findLast((each) => each.film === film)?.doors.begun();
    await settle();
  }
  return { deck, shares, begin, elements, near, opened: () => loadings.map(({ film }) => film) };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  const createElement = () => Object.assign(new Film(), { setAttribute: () => undefined });
  vi.stubGlobal("document", { visibilityState: "visible", createElement });
});
afterEach(() => {
  chooseSaver("auto");
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the line", () => {
  it("goes to the first seconds, then to the next film's, then to the rest", async () => {
    const { deck, shares, begin, near } = stage();
    deck.show(0, items);
    await settle();
    expect([shares(), [...near]]).toEqual([{ a: "some" }, ["b", "c"]]);
    await begin("a");
    expect(shares()).toEqual({ a: "some", b: "some" });
    await begin("b");
    expect(shares()).toEqual({ a: "all", b: "some" });
  });

  it("is never divided among films that were swiped past", async () => {
    const { deck, shares, begin, elements } = stage();
    deck.show(0, items);
    await settle();
    await begin("a");
    deck.show(1, items);
    await settle();
    expect(shares()).toEqual({ a: "none", b: "some" });
    deck.show(2, items);
    await settle();
    expect(shares()).toEqual({ c: "some" });
    await begin("c");
    expect(shares()).toEqual({ c: "some", d: "some" });
    expect(elements.size).toBeLessThanOrEqual(3);
  });

  it("is there again for who swipes back", async () => {
    const { deck, shares, begin, opened } = stage();
    deck.show(0, items);
    await settle();
    await begin("a");
    await begin("b");
    deck.show(1, items);
    await settle();
    expect(shares()).toEqual({ a: "none", b: "some", c: "some" });
    deck.show(0, items);
    await settle();
    expect(shares()).toEqual({ a: "all", b: "none" });
    expect(opened()).toEqual(["a", "b", "c"]);
  });

  it("is the film's own for who saves data, and where no other follows", async () => {
    chooseSaver("on");
    const saving = stage();
    saving.deck.show(0, items);
    await settle();
    await saving.begin("a");
    expect([saving.shares(), saving.near.size]).toEqual([{ a: "all" }, 0]);
    chooseSaver("off");
    const last = stage();
    last.deck.show(3, items);
    await settle();
    await last.begin("d");
    expect(last.shares()).toEqual({ d: "all" });
  });
});
