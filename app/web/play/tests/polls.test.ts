import { beforeEach, describe, expect, it } from "vitest";
import type { PollView } from "../src/api/polls";
import { Problem, Unreachable } from "../src/api/problems";
import { chooseLocale } from "../src/i18n";
import { PollLook, resultWords } from "../src/store/polls";
import { momentMs, momentsAt, pollMs } from "../src/video/time";
import type { Cue } from "../src/api/videos";

const asked: PollView = {
  id: "7",
  brandId: "1",
  question: "哪一碗？",
  options: [
    { id: "1", text: "牛肉面" },
    { id: "2", text: "凉面" },
  ],
  state: "open",
  opensAt: "2026-11-11T00:00:00.000Z",
  closesAt: "2026-11-12T00:00:00.000Z",
  myOptionId: null,
  counts: null,
  votes: null,
};

function answered(votes: number): PollView {
  const counts = [
    { optionId: "1", votes, percent: 100 },
    { optionId: "2", votes: 0, percent: 0 },
  ];
  return { ...asked, myOptionId: "1", counts, votes };
}

class Doors {
  reads: (() => Promise<PollView>)[] = [];
  votes: (() => Promise<PollView>)[] = [];
  asked = 0;
  cast: string[] = [];
  pauses: number[] = [];
  timer: (() => void) | null = null;

  read = async () => {
    this.asked += 1;
    return await (this.reads.shift() ?? (async () => asked))();
  };

  vote = async (_: string, optionId: string) => {
    this.cast.push(optionId);
    return await (this.votes.shift() ?? (async () => answered(1)))();
  };

  later = (run: () => void, ms: number) => {
    this.pauses.push(Math.round(ms));
    this.timer = run;
    return () => {
      if (this.timer === run) this.timer = null;
    };
  };

  random = () => 0.5;

  async pass() {
    const run = this.timer;
    this.timer = null;
    run?.();
    await settled();
  }
}

async function settled() {
  for (let n = 0; n < 8; n += 1) await Promise.resolve();
}

let doors: Doors;
let look: PollLook;

beforeEach(async () => {
  doors = new Doors();
  look = new PollLook("7", doors);
  look.begin();
  await settled();
});

describe("a poll on the screen", () => {
  it("is asked for again with growing pauses, until it is away", async () => {
    for (let n = 0; n < 8; n += 1) await doors.pass();
    expect(doors.pauses).toEqual([2000, 3000, 4500, 6750, 10125, 15000, 15000, 15000, 15000]);
    expect(doors.asked).toBe(9);
    look.end();
    expect(doors.timer).toBeNull();
  });

  it("is not asked for again once it is closed", async () => {
    doors.reads.push(async () => ({ ...asked, state: "closed" }));
    await doors.pass();
    expect(doors.timer).toBeNull();
  });

  it("goes on after a lost connection, and not when it is gone", async () => {
    doors.reads.push(() => Promise.reject(new Unreachable()));
    await doors.pass();
    expect(look.view.value).toEqual(asked);
    expect(doors.timer).not.toBeNull();
    doors.reads.push(() => Promise.reject(new Problem(404, { code: "poll_not_found" })));
    await doors.pass();
    expect(doors.timer).toBeNull();
  });
});

describe("a vote", () => {
  it("is sent once, and shows what stands", async () => {
    let answer: (view: PollView) => void = () => undefined;
    doors.votes.push(() => new Promise((resolve) => (answer = resolve)));
    const first = look.vote("1");
    expect(look.sending.value).toBe("1");
    expect(await look.vote("2")).toBe(false);
    answer(answered(3));
    expect(await first).toBe(true);
    expect(look.view.value?.votes).toBe(3);
    expect(await look.vote("2")).toBe(false);
    expect(doors.cast).toEqual(["1"]);
    expect(look.sending.value).toBeNull();
  });

  it("is not undone by an answer that was asked for before it", async () => {
    let late: (view: PollView) => void = () => undefined;
    doors.reads.push(() => new Promise((resolve) => (late = resolve)));
    await doors.pass();
    await look.vote("1");
    late(asked);
    await settled();
    expect(look.view.value?.myOptionId).toBe("1");
  });

  it("that is refused looks at the poll again", async () => {
    doors.votes.push(() => Promise.reject(new Problem(409, { code: "poll_closed" })));
    doors.reads.push(async () => ({ ...asked, state: "closed" }));
    await expect(look.vote("1")).rejects.toBeInstanceOf(Problem);
    await settled();
    expect(look.view.value?.state).toBe("closed");
    expect(look.sending.value).toBeNull();
  });

  it("is said with its share, or without where that is not told yet", () => {
    chooseLocale("en");
    expect(resultWords(answered(4))).toBe("You voted for “牛肉面”, which has 100% now");
    const hidden = { ...answered(4), counts: null, votes: null };
    expect(resultWords(hidden)).toBe("You voted for “牛肉面”. The result comes at the end");
  });
});

it("stays longer than what only wants to be seen", () => {
  const cue = { id: "1", at: 0, until: 90_000, kind: "poll" } as Cue;
  const shown = (kind: Cue["kind"], ms: number) =>
    momentsAt([{ ...cue, kind }], ms, new Set()).length;
  expect([shown("poll", pollMs - 1), shown("poll", pollMs)]).toEqual([1, 0]);
  expect([shown("product", momentMs - 1), shown("product", momentMs)]).toEqual([1, 0]);
});
