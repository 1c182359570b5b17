import { describe, expect, it } from "vitest";
import type { Cue } from "@play/api/videos";
import type { DraftInput, DraftView } from "../src/api/videos";
import { Desk } from "../src/studio/desk";
import { newCue } from "../src/studio/edits";

/** Keeps a draft as the house does: revisions, ids for new cues, cues by time. */
class House {
  revision = 1;
  cues: Cue[] = [];
  version = 0;
  saved = 0;
  rolls: { preRollId: string | null; postRollId: string | null } = {
    preRollId: "5",
    postRollId: null,
  };
  fails: unknown[] = [];
  readonly timers: (() => void)[] = [];
  private nextId = 100;

  readonly desk = new Desk({
    read: async () => this.view(),
    save: async (body) => this.save(body),
    publish: async (revision) => {
      expect(revision).toBe(this.revision);
      this.version += 1;
      return this.view();
    },
    isConflict: (error) => error === "conflict",
    later: (run) => {
      this.timers.push(run);
      return () => this.timers.splice(this.timers.indexOf(run), 1);
    },
  });

  private save(body: DraftInput): DraftView {
    const failure = this.fails.shift();
    if (failure !== undefined) throw failure;
    if (body.revision !== this.revision) throw "conflict";
    this.saved += 1;
    this.rolls = { preRollId: body.preRollId, postRollId: body.postRollId };
    this.revision += 1;
    this.cues = body.cues
      .map((cue) => ({ ...cue, id: cue.id ?? String(this.nextId++), target: null }))
      .sort((a, b) => a.at - b.at);
    return this.view();
  }

  private view(): DraftView {
    const { revision, version, cues } = this;
    const rest = { videoId: "1", changed: true, durationMs: 30_000 };
    return { ...rest, revision, version, cues: [...cues], ...this.rolls };
  }
}

function product(at: number): Cue {
  return { ...newCue("product", at, 30_000), ref: "9" };
}

describe("the desk", () => {
  it("keeps what is shown before and after, also while it saves", async () => {
    const house = new House();
    await house.desk.open();
    expect(house.desk.rolls.value).toEqual({ pre: "5", post: null });
    house.desk.roll("post", "6");
    const saving = house.desk.flush();
    house.desk.roll("pre", null);
    await saving;
    await house.desk.flush();
    expect(house.rolls).toEqual({ preRollId: null, postRollId: "6" });
  });

  it("saves after a rest, and gives new cues the ids of the house", async () => {
    const house = new House();
    await house.desk.open();
    house.desk.add(product(8_000));
    house.desk.add(product(1_000));
    expect(house.timers).toHaveLength(1);
    expect(await house.desk.flush()).toBe(true);
    expect(house.saved).toBe(1);
    expect(house.desk.cues.value.map((cue) => [cue.id, cue.at])).toEqual([
      ["100", 1_000],
      ["101", 8_000],
    ]);
    expect(house.desk.chosen.value?.at).toBe(1_000);
  });

  it("keeps what is not finished, without sending it", async () => {
    const house = new House();
    await house.desk.open();
    house.desk.add(newCue("packet", 3_000, 30_000));
    house.desk.add(product(1_000));
    await house.desk.flush();
    expect(house.cues).toHaveLength(1);
    expect(house.desk.cues.value).toHaveLength(2);
  });

  it("publishes only what was saved", async () => {
    const house = new House();
    await house.desk.open();
    house.desk.add(product(1_000));
    expect(await house.desk.publish()).toBe(true);
    expect([house.saved, house.version]).toEqual([1, 1]);
    house.fails = ["down"];
    house.desk.add(product(2_000));
    expect(await house.desk.publish()).toBe(false);
    expect(house.desk.saving.value).toBe("failed");
    expect(house.version).toBe(1);
  });

  it("stops saving when somebody else was faster, until the newest is loaded", async () => {
    const house = new House();
    await house.desk.open();
    house.revision = 5;
    house.desk.add(product(1_000));
    await house.desk.flush();
    expect(house.desk.saving.value).toBe("conflict");
    await house.desk.open();
    expect(house.desk.cues.value).toEqual([]);
    house.desk.add(product(2_000));
    expect(await house.desk.flush()).toBe(true);
  });

  it("takes a drag back in one step, also after it was saved", async () => {
    const house = new House();
    await house.desk.open();
    house.desk.add(product(1_000));
    await house.desk.flush();
    const [cue] = house.desk.cues.value;
    house.desk.put({ ...cue!, at: 1_200 });
    house.desk.put({ ...cue!, at: 1_400 }, true);
    house.desk.put({ ...cue!, at: 1_600 }, true);
    house.desk.undo();
    expect(house.desk.cues.value.map((each) => [each.id, each.at])).toEqual([["100", 1_000]]);
  });
});
