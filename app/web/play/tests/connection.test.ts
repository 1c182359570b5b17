import { describe, expect, it } from "vitest";
import { fullJitterMs } from "../src/realtime/backoff";
import { Connection } from "../src/realtime/connection";
import type { Greeting, Line, LineEvents } from "../src/realtime/line";
import type { ClientMessage, ServerMessage } from "../src/realtime/messages";

interface Opened {
  kind: "socket" | "stream";
  greeting: Greeting;
  events: LineEvents;
  sent: ClientMessage[];
  closed: boolean;
}

/** A connection whose lines are opened, answered and cut by the test. */
function stage() {
  const lines: Opened[] = [];
  const heard: ServerMessage[] = [];
  const pauses: number[] = [];
  let renewals = 0;
  let waiting: (() => void)[] = [];
  const open =
    (kind: Opened["kind"]) =>
    (greeting: Greeting, events: LineEvents): Line => {
      const line: Opened = { kind, greeting, events, sent: [], closed: false };
      lines.push(line);
      return {
        send: (message) => {
          line.sent.push(message);
          return kind === "socket" || message.type !== "watch";
        },
        close: () => {
          line.closed = true;
        },
      };
    };
  const connection = new Connection({
    openSocket: open("socket"),
    openStream: open("stream"),
    message: (message) => heard.push(message),
    state: () => undefined,
    head: () => "head-1",
    renewToken: () => {
      renewals += 1;
    },
    pauseMs: (failures) => {
      pauses.push(failures);
      return failures;
    },
    schedule: (work) => {
      waiting.push(work);
      return () => {
        waiting = waiting.filter((each) => each !== work);
      };
    },
  });
  const wake = () => {
    const due = waiting;
    waiting = [];
    due.forEach((work) => work());
  };
  const last = () => lines[lines.length - 1] as Opened;
  return { connection, lines, last, heard, pauses, wake, renewals: () => renewals };
}

const note = { type: "post.gone", postId: "1" } as const;

describe("the live connection", () => {
  it("falls back to a stream after two failed sockets", () => {
    const { connection, lines, last, pauses, wake } = stage();
    connection.start();
    last().events.closed(false);
    wake();
    last().events.closed(false);
    wake();
    expect(lines.map(({ kind }) => kind)).toEqual(["socket", "socket", "stream"]);
    expect(pauses).toEqual([1, 2]);
  });

  it("gives the socket another chance when a stream ends", () => {
    const { connection, lines, last, wake } = stage();
    connection.start();
    for (const _ of [1, 2]) {
      last().events.closed(false);
      wake();
    }
    last().events.opened();
    last().events.closed(false);
    wake();
    last().events.closed(false);
    wake();
    const kinds = ["socket", "socket", "stream", "socket", "stream"];
    expect(lines.map(({ kind }) => kind)).toEqual(kinds);
  });

  it("a line that worked and broke is no reason to leave sockets", () => {
    const { connection, lines, last, wake } = stage();
    connection.start();
    for (const _ of [1, 2, 3]) {
      last().events.opened();
      last().events.closed(false);
      wake();
    }
    expect(lines.every(({ kind }) => kind === "socket")).toBe(true);
  });

  it("resumes with the head, the last event and the watched posts", () => {
    const { connection, last, heard, wake } = stage();
    connection.watch(["5", "6"]);
    connection.start();
    last().events.opened();
    last().events.message(note, "event-9");
    last().events.closed(false);
    wake();
    expect(heard).toEqual([note]);
    expect(last().greeting).toEqual({
      head: "head-1",
      lastEventId: "event-9",
      postIds: ["5", "6"],
    });
  });

  it("asks for another token when the server refuses the one it has", () => {
    const { connection, lines, last, wake, renewals } = stage();
    connection.start();
    for (const _ of [1, 2, 3]) {
      last().events.closed(true);
      wake();
    }
    expect(renewals()).toBe(3);
    expect(lines.every(({ kind }) => kind === "socket")).toBe(true);
  });

  it("tells a socket what is watched, once, and opens a stream anew for it", () => {
    const { connection, lines, last, wake } = stage();
    connection.start();
    last().events.opened();
    connection.watch(["1"]);
    connection.watch(["1"]);
    expect(last().sent).toEqual([{ type: "watch", postIds: ["1"] }]);
    last().events.closed(false);
    for (const _ of [1, 2]) {
      wake();
      last().events.closed(false);
    }
    wake();
    last().events.opened();
    const before = lines.length;
    connection.watch(["2"]);
    connection.watch(["3"]);
    wake();
    expect(lines.length).toBe(before + 1);
    expect(last().greeting.postIds).toEqual(["3"]);
  });

  it("stops at once, and hurries when the network is back", () => {
    const { connection, lines, last, wake } = stage();
    connection.start();
    last().events.closed(false);
    connection.hurry();
    expect(lines).toHaveLength(2);
    connection.stop();
    expect(last().closed).toBe(true);
    wake();
    expect(lines).toHaveLength(2);
  });
});

describe("back-off", () => {
  it("doubles its ceiling up to the cap and draws evenly below it", () => {
    const ceilings = [1, 2, 3, 10].map((failures) => fullJitterMs(failures, 500, 30_000, () => 1));
    expect(ceilings).toEqual([500, 1_000, 2_000, 30_000]);
    expect(fullJitterMs(3, 500, 30_000, () => 0)).toBe(0);
    expect(fullJitterMs(3, 500, 30_000, () => 0.5)).toBe(1_000);
  });
});
