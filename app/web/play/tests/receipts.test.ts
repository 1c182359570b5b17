import { beforeEach, describe, expect, it } from "vitest";
import type { Claim } from "../src/api/packets";
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
    expect(await mine.restoreAll("me")).toEqual([]);
    expect(kept).toHaveLength(1);
    answer = () => Promise.reject(new Problem(403, { code: "receipt_invalid" }));
    await mine.restoreAll("me");
    expect(kept).toEqual([]);
  });
});
