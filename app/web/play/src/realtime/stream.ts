import { queryOf } from "../api/http";
import type { Greeting, Line, LineEvents } from "./line";
import { parseMessage } from "./messages";
import { EventParser } from "./sse";

/** The server sends something, be it a comment, three times in this time. */
const silenceMs = 45_000;

/**
 * A line over server-sent events. It is read with fetch, because EventSource can send no
 * Authorization header and a token in the address would end up in logs.
 */
export function openStream(
  path: string,
  token: () => Promise<string>,
  greeting: Greeting,
  events: LineEvents,
): Line {
  const stop = new AbortController();
  let dead = false;
  let heardAt = Date.now();
  const watch = setInterval(() => {
    if (Date.now() - heardAt > silenceMs) finish(false);
  }, silenceMs / 4);

  function finish(refused: boolean): void {
    if (dead) return;
    dead = true;
    clearInterval(watch);
    stop.abort();
    events.closed(refused);
  }

  async function read(): Promise<void> {
    const { head, lastEventId, postIds } = greeting;
    const query = queryOf({ head, postIds: postIds.join(",") });
    const response = await fetch(path + query, {
      headers: {
        Accept: "text/event-stream",
        Authorization: `Bearer ${await token()}`,
        ...(lastEventId === null ? {} : { "Last-Event-ID": lastEventId }),
      },
      cache: "no-store",
      signal: stop.signal,
    });
    if (!response.ok || response.body === null) {
      finish(response.status === 401);
      return;
    }
    events.opened();
    await follow(response.body);
    finish(false);
  }

  async function follow(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heardAt = Date.now();
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        const message = parseMessage(event.data);
        if (!dead && message !== null) events.message(message, event.id);
      }
    }
  }

  void read().catch(() => finish(false));

  return {
    // A stream speaks one way only: other posts to watch need a new one.
    send: (message) => message.type !== "watch",
    close() {
      dead = true;
      clearInterval(watch);
      stop.abort();
    },
  };
}
