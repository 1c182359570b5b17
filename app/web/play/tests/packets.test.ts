import { describe, expect, it } from "vitest";
import type { PacketCard, PacketView, Wave } from "../src/api/packets";
import { sortPackets } from "../src/screens/packets/list";
import { wayOf } from "../src/screens/packet/way";
import { isLate, nextTurn } from "../src/screens/rain/waves";
import { World, layers } from "../src/screens/rain/world";
import { kindOf } from "../src/screens/wallet/kinds";
import { payeeOf, toMinor, typedAmount } from "../src/screens/wallet/money";
import { timeLeft } from "../src/ui/clock";
import { nextChangeMs, ownClaim, stageOf } from "../src/ui/packet/stage";
import { withTold } from "../src/ui/packet/told";

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
const yuan = (amountMinor: number) => ({ amountMinor, currency: "CNY" });

const packet = (change: Partial<PacketView> = {}): PacketView => ({
  id: "1",
  brandId: "2",
  form: "lucky",
  title: "t",
  thanks: "",
  total: yuan(100),
  count: 10,
  cap: 1,
  status: "open",
  opened: 0,
  now: at(100),
  opensAt: at(100),
  closesAt: at(200),
  waves: [],
  condition: null,
  draw: null,
  ticket: "t",
  ticketSeconds: 600,
  mine: [],
  ...change,
});
const claim = (wave: number) => ({
  packetId: "1",
  wave,
  share: 1,
  amount: yuan(5),
  receipt: "r",
  link: null,
});

describe("what a packet offers", () => {
  const now = 150_000;
  const condition = { kind: "follow", targetId: "2", atMs: null, met: true };
  const draw = { commitment: "c", seed: null, entries: 3, entry: null };

  it.each([
    ["sealed", packet()],
    ["upcoming", packet({ opensAt: at(160), status: "upcoming" })],
    ["over", packet({ closesAt: at(149) })],
    ["soldOut", packet({ status: "sold_out" })],
    ["paused", packet({ status: "paused" })],
    ["cancelled", packet({ status: "cancelled" })],
    ["phrase", packet({ form: "passphrase" })],
    ["follow", packet({ form: "follow", condition: { ...condition, met: false } })],
    ["sealed", packet({ form: "follow", condition })],
    ["watch", packet({ form: "watch", condition: { ...condition, kind: "watch", met: false } })],
    ["enter", packet({ form: "draw", draw })],
    ["entered", packet({ form: "draw", draw: { ...draw, entry: 2 } })],
    ["over", packet({ form: "draw", status: "closed", draw: { ...draw, entry: 2 } })],
    ["rain", packet({ form: "rain", cap: 2, mine: [claim(0)] })],
    ["mine", packet({ form: "rain", cap: 1, mine: [claim(0)] })],
    ["mine", packet({ form: "rain", cap: 2, mine: [claim(0)], status: "sold_out" })],
    ["soldOut", packet({ form: "rain", cap: 2, status: "sold_out" })],
    ["over", packet({ form: "rain", cap: 2, status: "closed" })],
    ["mine", packet({ status: "sold_out", mine: [claim(0)] })],
  ] as const)("is %s", (stage, view) => {
    expect(stageOf(view, now)).toBe(stage);
  });

  it("shows a helper of a fission that the own envelope is still closed", () => {
    const helper = packet({ form: "fission", mine: [claim(1)] });
    expect(ownClaim(helper)).toBeNull();
    expect(stageOf(helper, now)).toBe("sealed");
    expect(stageOf(packet({ form: "fission", mine: [claim(1), claim(0)] }), now)).toBe("mine");
  });

  it("changes at the next moment of its window", () => {
    expect(nextChangeMs(packet(), 90_000)).toBe(10_000);
    expect(nextChangeMs(packet(), 150_000)).toBe(50_000);
    expect(nextChangeMs(packet(), 250_000)).toBeNull();
  });
});

describe("what is heard of a packet", () => {
  it("holds until it is read again, and what is over stays over", () => {
    expect(withTold(packet(), false, true).status).toBe("sold_out");
    expect(withTold(packet({ status: "sold_out" }), true, true).status).toBe("closed");
    expect(withTold(packet({ status: "closed" }), false, true).status).toBe("closed");
    const view = packet({ status: "cancelled" });
    expect(withTold(view, true, true)).toBe(view);
    expect(withTold(view, false, false)).toBe(view);
  });
});

describe("the list of packets", () => {
  it("begins with what ends first, then what opens next", () => {
    const card = (id: string, opens: number, closes: number) =>
      ({ id, opensAt: at(opens), closesAt: at(closes) }) as PacketCard;
    const cards = [card("a", 100, 400), card("b", 120, 200), card("c", 300, 400)];
    const more = [card("d", 250, 400), card("gone", 10, 140)];
    const { on, soon } = sortPackets([...cards, ...more], 150_000);
    expect(on.map((each) => each.id)).toEqual(["b", "a"]);
    const last = sortPackets(cards, 150_000, new Set(["b"])).on;
    expect(last.map((each) => each.id)).toEqual(["a", "b"]);
    expect(soon.map((each) => each.id)).toEqual(["d", "c"]);
  });
});

describe("countdowns", () => {
  it("reach zero only when it is time", () => {
    expect(timeLeft(1)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 1 });
    expect(timeLeft(0).seconds).toBe(0);
    expect(timeLeft(90_061_000)).toEqual({ days: 1, hours: 1, minutes: 1, seconds: 1 });
  });
});

describe("a shared link", () => {
  it("leads to the packet, or to the friend's page with its code", () => {
    expect(wayOf("7", null, "https://x", "zh-CN")).toEqual({
      url: "https://x/packets/7",
      card: "/v1/packets/7/card?language=zh",
    });
    expect(wayOf("7", "a=b", "https://x", "en")).toEqual({
      url: "https://x/packets/7/help?code=a%3Db",
      card: "/v1/packets/7/card?code=a%3Db&language=en",
    });
  });
});

describe("waves", () => {
  const wave = (number: number, opens: number, enters: number, closes: number): Wave => ({
    wave: number,
    opensAt: at(opens),
    entersAt: at(enters),
    closesAt: at(closes),
    count: 5,
    soldOut: false,
  });
  const waves = [wave(0, 100, 102, 120), wave(1, 200, 203, 300)];
  const rain = packet({ form: "rain", cap: 2, waves });

  it("begin at the shopper's own moment, and last half a minute at most", () => {
    const early = nextTurn(rain, new Set(), 100_000);
    expect(early).toMatchObject({ beginsMs: 102_000, endsMs: 120_000 });
    const late = nextTurn(rain, new Set(), 205_000);
    expect(late).toMatchObject({ beginsMs: 205_000, endsMs: 235_000 });
  });

  it("are played once", () => {
    expect(nextTurn(rain, new Set([0]), 105_000)?.wave.wave).toBe(1);
    expect(nextTurn(rain, new Set([0, 1]), 105_000)).toBeNull();
    expect(nextTurn(rain, new Set(), 400_000)).toBeNull();
    const caught = { ...rain, mine: [claim(0)] };
    expect(nextTurn(caught, new Set(), 105_000)?.wave.wave).toBe(1);
  });

  it("are not offered where they cannot pay", () => {
    const [first, second] = waves as [Wave, Wave];
    const oneGone = { ...rain, waves: [{ ...first, soldOut: true }, second] };
    expect(nextTurn(oneGone, new Set(), 105_000)?.wave.wave).toBe(1);
    const allGone = { ...rain, waves: waves.map((each) => ({ ...each, soldOut: true })) };
    expect(nextTurn(allGone, new Set(), 105_000)).toBeNull();
    expect(nextTurn({ ...rain, cap: 1, mine: [claim(0)] }, new Set(), 105_000)).toBeNull();
    expect(nextTurn({ ...rain, status: "closed" }, new Set(), 105_000)).toBeNull();
    expect(nextTurn({ ...rain, status: "sold_out" }, new Set(), 105_000)).toBeNull();
  });

  it("are late for who enters after others", () => {
    expect(isLate(nextTurn(rain, new Set(), 100_000)!)).toBe(true);
    const prompt = { ...rain, waves: [wave(0, 100, 100, 120)] };
    expect(isLate(nextTurn(prompt, new Set(), 90_000)!)).toBe(false);
  });
});

describe("the rain", () => {
  const chances = (): (() => number) => {
    let n = 0;
    return () => (n = (n * 7919 + 104729) % 10_007) / 10_007;
  };
  const rained = (seconds: number) => {
    const world = new World(390, 844, chances());
    for (let past = 0; past < seconds; past += 1 / 60) world.step(1 / 60);
    return world;
  };

  it("falls in three sizes, the near ones faster", () => {
    const world = rained(6);
    const alive = world.drops.filter((drop) => drop.alive);
    expect(new Set(alive.map((drop) => drop.layer)).size).toBe(3);
    expect(layers.map((layer) => layer.speed)).toEqual([...layers].map((l) => l.speed).sort());
    for (const drop of world.drops) expect(drop.y).toBeLessThan(844 + 120);
  });

  it("catches what is under the finger, once, with a burst", () => {
    const world = rained(2);
    const drop = world.drops.find((each) => each.alive && each.y > 0);
    expect(drop).toBeDefined();
    if (!drop) return;
    const before = world.drops.filter((each) => each.alive).length;
    expect(world.tap(drop.x, drop.y)).toBe(true);
    expect(world.drops.filter((each) => each.alive)).toHaveLength(before - 1);
    expect(world.sparks.some((spark) => spark.alive)).toBe(true);
    expect(world.tap(-500, -500)).toBe(false);
    expect(world.caught).toBe(1);
  });

  it("counts combos while one is quick", () => {
    const world = rained(3);
    world.tapAny();
    world.tapAny();
    expect(world.combo).toBe(2);
    for (let past = 0; past < 1.3; past += 1 / 60) world.step(1 / 60);
    expect(world.combo).toBe(0);
    world.tapAny();
    expect(world.combo).toBe(1);
    expect(world.comboBest).toBe(2);
  });

  it("makes nothing new while it falls", () => {
    const world = rained(1);
    const { drops, sparks } = world;
    const sizes = [drops.length, sparks.length];
    for (let past = 0; past < 30; past += 1 / 60) {
      world.step(1 / 60);
      world.tapAny();
    }
    expect([world.drops.length, world.sparks.length]).toEqual(sizes);
    expect(world.drops).toBe(drops);
  });
});

describe("the wallet", () => {
  it("reads amounts as people type them", () => {
    expect(toMinor("12.5", "CNY")).toBe(1250);
    expect(toMinor("１２．５", "CNY")).toBe(1250);
    expect(toMinor("7", "JPY")).toBe(7);
    expect(toMinor("0.1", "CNY")).toBe(10);
    for (const bad of ["", "0", "-1", "1.234", "1,5", "abc", "1e3", "0.00"]) {
      expect(toMinor(bad, "CNY")).toBeNull();
    }
    expect(typedAmount(1250, "CNY")).toBe("12.50");
  });

  it("tells where money went", () => {
    expect(payeeOf("alipay:a:b")).toEqual({ kind: "alipay", account: "a:b" });
    expect(payeeOf("iban:DE00")).toEqual({ kind: null, account: "iban:DE00" });
  });

  it("names movements it does not know by their direction", () => {
    expect(kindOf({ kind: "packet.claim", changeMinor: 5 })).toBe("wallet.kind.packet");
    expect(kindOf({ kind: "vote.prize", changeMinor: 5 })).toBe("wallet.kind.in");
    expect(kindOf({ kind: "fee", changeMinor: -5 })).toBe("wallet.kind.out");
  });
});
