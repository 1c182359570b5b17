import type { Greeting, Line, LineEvents } from "./line";
import { parseMessage } from "./messages";

const refusedCode = 4401;
const welcomeWithinMs = 10_000;
const pingEveryMs = 25_000;
const silenceMs = 40_000;
const pulseMs = 5_000;

/** A line over a WebSocket. The token travels in the first message, never in the address. */
export function openSocket(
  url: string,
  token: () => Promise<string>,
  greeting: Greeting,
  events: LineEvents,
): Line {
  const socket = new WebSocket(url);
  let welcomed = false;
  let heardAt = Date.now();
  let pingedAt = Date.now();
  let dead = false;
  const pulse = setInterval(() => {
    const silent = Date.now() - heardAt;
    if (silent > (welcomed ? silenceMs : welcomeWithinMs)) return finish(false);
    if (!welcomed || Date.now() - pingedAt < pingEveryMs) return;
    pingedAt = Date.now();
    socket.send(JSON.stringify({ type: "ping" }));
  }, pulseMs);

  function finish(refused: boolean): void {
    if (dead) return;
    dead = true;
    clearInterval(pulse);
    socket.close();
    events.closed(refused);
  }

  async function greet(): Promise<void> {
    const { head, lastEventId } = greeting;
    const hello = {
      type: "hello",
      accessToken: await token(),
      ...(head === null ? {} : { head }),
      ...(lastEventId === null ? {} : { lastEventId }),
    };
    if (dead) return;
    socket.send(JSON.stringify(hello));
    if (greeting.postIds.length > 0) {
      socket.send(JSON.stringify({ type: "watch", postIds: greeting.postIds }));
    }
  }

  socket.onopen = () => void greet().catch(() => finish(false));
  socket.onclose = (event) => finish(event.code === refusedCode);
  socket.onerror = () => finish(false);
  socket.onmessage = (event) => {
    heardAt = Date.now();
    const message = parseMessage(String(event.data));
    if (dead || message === null) return;
    if (!welcomed && message.type === "welcome") {
      welcomed = true;
      events.opened();
    }
    events.message(message, message.type === "notification" ? message.id : null);
  };

  return {
    send(message) {
      if (!dead && welcomed) socket.send(JSON.stringify(message));
      return true;
    },
    close() {
      dead = true;
      clearInterval(pulse);
      socket.close(1000);
    },
  };
}
