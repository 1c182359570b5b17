import { describe, expect, it } from "vitest";
import type { GrabAnswer } from "../src/api/packets";
import { Problem, Unreachable } from "../src/api/problems";
import { grabSurely, surely } from "../src/store/grab";

const won: GrabAnswer = {
  outcome: "granted",
  entry: null,
  receipt: null,
  claim: {
    packetId: "1",
    wave: 0,
    share: 7,
    amount: { amountMinor: 88, currency: "CNY" },
    receipt: "r",
    link: null,
  },
};

/** Answers one after the other; errors are thrown. */
function server(...answers: (GrabAnswer | Error)[]) {
  const tickets: string[] = [];
  const pauses: number[] = [];
  return {
    tickets,
    pauses,
    send: (ticket: string) => {
      tickets.push(ticket);
      const next = answers.shift() ?? new Unreachable("nobody");
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    freshTicket: () => Promise.resolve<string | null>("fresh"),
    pause: (ms: number) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    chance: () => 0.5,
  };
}

describe("a grab", () => {
  it("whose answer was cut off is asked again and shows the same amount", async () => {
    const doors = server(new Unreachable("cut off"), new Problem(503, {}), won);
    expect(await grabSurely("t", doors)).toBe(won);
    expect(doors.tickets).toEqual(["t", "t", "t"]);
  });

  it("gives up after a while and says that the outcome is unknown", async () => {
    const doors = server();
    await expect(grabSurely("t", doors)).rejects.toBeInstanceOf(Unreachable);
    expect(doors.tickets).toHaveLength(6);
    expect(doors.pauses).toEqual([...doors.pauses].sort((a, b) => a - b));
  });

  it("takes a fresh ticket once when its own has expired", async () => {
    const expired = new Problem(403, { code: "ticket_expired" });
    const doors = server(expired, won);
    expect(await grabSurely("t", doors)).toBe(won);
    expect(doors.tickets).toEqual(["t", "fresh"]);
    await expect(grabSurely("t", server(expired, expired))).rejects.toBe(expired);
  });

  it("is refused at once, without asking again", async () => {
    const doors = server(new Problem(409, { code: "wrong_phrase" }));
    await expect(grabSurely("t", doors)).rejects.toMatchObject({ code: "wrong_phrase" });
    expect(doors.tickets).toHaveLength(1);
  });

  it("keeps the pause that the server asks for, but does not wait for minutes", async () => {
    const doors = server(new Problem(429, {}, 2), won);
    await grabSurely("t", doors);
    expect(doors.pauses[0]).toBeGreaterThanOrEqual(2_000);
    const guessing = server(new Problem(429, { code: "too_many_guesses" }, 600));
    await expect(grabSurely("t", guessing)).rejects.toMatchObject({ code: "too_many_guesses" });
  });
});

describe("what is idempotent", () => {
  it("is asked until there is an answer", async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return asked < 3 ? Promise.reject(new Unreachable("no")) : Promise.resolve(asked);
    };
    expect(await surely(ask, server())).toBe(3);
  });
});
