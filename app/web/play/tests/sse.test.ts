import { describe, expect, it } from "vitest";
import { EventParser } from "../src/realtime/sse";

const stream = 'id: 7\ndata: {"a":1}\n\n: still here\n\ndata: one\r\ndata: two\r\n\r\n';

describe("the event stream", () => {
  it("reads ids, comments and several lines of data", () => {
    expect(new EventParser().push(stream)).toEqual([
      { id: "7", data: '{"a":1}' },
      { id: "7", data: "one\ntwo" },
    ]);
  });

  it("reads the same however the text is cut", () => {
    const whole = new EventParser().push(stream);
    for (let at = 1; at < stream.length; at += 1) {
      const parser = new EventParser();
      const parts = [...parser.push(stream.slice(0, at)), ...parser.push(stream.slice(at))];
      expect(parts).toEqual(whole);
    }
  });

  it("keeps what has no end yet", () => {
    expect(new EventParser().push("data: half")).toEqual([]);
  });
});
