import { beforeEach, describe, expect, it } from "vitest";
import type { Claim, GrabAnswer } from "../src/api/packets";
import { Problem, Unreachable } from "../src/api/problems";
import { Receipts } from "../src/store/receipts";
import type { Receipt } from "../src/store/receipts";

const claim = (packetId: string, wave = 0, share = 1): Claim => ({
  packetId,
  wave,
  share,
  amount: { amountMinor: 100, currency: "CNY" },
  receipt: `receipt ${packetId} ${wave}`,
  link: null,
});

let kept: Receipt[] = [];
let now = 1_000_000_000;
let shown: string[] = [];
let entry: () => Promise<GrabAnswer> = () => Promise.reject(new Error("unused"));
let answer: (receipt: string) => Promise<Claim> = () => Promise.reject(new Error("unused"));

const receipts = () =>
  new Receipts({
    load: () => kept,
    save: (next) => {
      kept = next;
    },
    restore: (_, receipt) => {
      shown.push(receipt);
      return answer(receipt);
    },
    restoreEntry: (_, receipt) => {
      shown.push(receipt);
      return entry();
    },
    nowMs: () => now,
  });

beforeEach(() => {
  kept = [];
  shown = [];
  now = 1_000_000_000;
  answer = () => Promise.resolve(claim("1"));
});

describe("receipts", () => {
  it("are kept once a share, for a week", () => {
    const mine = receipts();
    mine.keep("me", claim("1"));
    mine.keep("me", claim("1"));
    mine.keep("me", claim("1", 1));
    expect(kept).toHaveLength(2);
    now += 8 * 86_400_000;
    mine.keep("me", claim("2"));
    expect(kept.map((each) => each.packetId)).toEqual(["2"]);
  });

  it("bring back what the server has forgotten, and nothing else", async () => {
    const mine = receipts();
    mine.keep("me", claim("1"));
    mine.keep("me", claim("2"));
    mine.keep("another", claim("1"));
    expect(await mine.restoreMissing("me", "1", [claim("1")])).toEqual([]);
    expect(shown).toEqual([]);
    expect(await mine.restoreMissing("me", "1", [])).toEqual([claim("1")]);
    expect(shown).toEqual(["receipt 1 0"]);
  });

  it("are shown once a page when all are shown", async () => {
    const mine = receipts();
    mine.keep("me", claim("1"));
    await mine.restoreAll("me");
    await mine.restoreAll("me");
    expect(shown).toHaveLength(1);
  });

  it("stay when the network fails, and go when they are refused for good", async () => {
    const mine = receipts();
    mine.keep("me", claim("1"));
    answer = () => Promise.reject(new Unreachable("no"));
    expect(await mine.restoreAll("me")).toBe(0);
    expect(kept).toHaveLength(1);
    answer = () => Promise.reject(new Problem(403, { code: "receipt_invalid" }));
    await mine.restoreAll("me");
    expect(kept).toEqual([]);
  });

  it("of draws bring the entry back, and go once it is too late", async () => {
    const mine = receipts();
    mine.keepEntry("me", "9", "entry 9");
    mine.keep("me", claim("9"));
    expect(await mine.restoreMissing("me", "9", [claim("9")])).toEqual([]);
    expect(await mine.restoreEntry("other", "9")).toBeNull();
    expect(shown).toEqual([]);
    entry = async () => ({ outcome: "entered", claim: null, entry: 4, receipt: "entry 9" });
    expect(await mine.restoreEntry("me", "9")).toBe(4);
    expect(await mine.restoreAll("me")).toBe(1);
    entry = () => Promise.reject(new Unreachable("no"));
    expect(await mine.restoreEntry("me", "9")).toBeNull();
    expect(kept).toHaveLength(2);
    entry = () => Promise.reject(new Problem(409, { code: "draw_over" }));
    expect(await mine.restoreEntry("me", "9")).toBeNull();
    expect(kept.map((each) => each.receipt)).toEqual([claim("9").receipt]);
  });
});
