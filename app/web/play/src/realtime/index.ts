/** The live channel of this page: what it hears goes into the stores. */

import { effect, signal } from "@preact/signals";
import { learnClock } from "../api/clock";
import { tokens } from "../api/http";
import type { Id } from "../api/types";
import { t } from "../i18n";
import { feed, feedHead, newCount } from "../store/feed";
import { noteArrived } from "../store/notes";
import { noteOver } from "../store/over";
import { changePostItem, noteWithdrawn } from "../store/posts";
import { me, onSignOut, sessionWasRevoked } from "../store/session";
import { announce } from "../store/toasts";
import { unread } from "../store/unread";
import { fullJitterMs } from "./backoff";
import { Connection } from "./connection";
import type { ConnectionState } from "./connection";
import type { ServerMessage } from "./messages";
import { openSocket } from "./socket";
import { openStream } from "./stream";

const pauseBaseMs = 500;
const pauseCapMs = 30_000;
/** A page out of sight keeps its line this long, so that a glance elsewhere costs nothing. */
const hiddenForMs = 45_000;
const renewEveryMs = 20_000;

export const channelState = signal<ConnectionState>("off");

let lastToken: string | null = null;
let renewal: Promise<string> | null = null;

async function currentToken(): Promise<string> {
  const token = await (renewal ?? tokens.token());
  lastToken = token;
  return token;
}

const connection = new Connection({
  openSocket: (greeting, events) => openSocket(socketUrl(), currentToken, greeting, events),
  openStream: (greeting, events) =>
    openStream("/v1/realtime/events", currentToken, greeting, events),
  message: hear,
  state: (state) => {
    channelState.value = state;
  },
  head: () => feedHead.value,
  renewToken: () => {
    renewal = tokens.renew(lastToken).finally(() => {
      renewal = null;
    });
    renewal.catch(() => undefined);
  },
  pauseMs: (failures) => fullJitterMs(failures, pauseBaseMs, pauseCapMs),
  schedule: (work, ms) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
});

/** The posts and packets on the screen. */
export function watchThings(ids: Id[]): void {
  connection.watch(ids);
}

export function startRealtime(): void {
  effect(() => {
    if (me.value?.id) connection.start();
    else connection.stop();
  });
  effect(() => {
    if (feedHead.value !== null) connection.tell({ type: "seen", head: feedHead.value });
  });
  onSignOut(() => connection.forget());
  window.addEventListener("online", () => connection.hurry());
  pauseWhenHidden();
  setInterval(() => void keepTokenFresh(), renewEveryMs);
}

function pauseWhenHidden(): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  document.addEventListener("visibilitychange", () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (document.visibilityState === "hidden") {
      timer = setTimeout(() => connection.stop(), hiddenForMs);
    } else if (me.value !== null) {
      connection.start();
      connection.hurry();
    }
  });
}

/** The server closes lines whose token has run out, so a new one is sent before that. */
async function keepTokenFresh(): Promise<void> {
  if (channelState.value !== "live") return;
  const token = await tokens.token().catch(() => null);
  if (token === null || token === lastToken) return;
  lastToken = token;
  connection.tell({ type: "token", accessToken: token });
}

function hear(message: ServerMessage): void {
  switch (message.type) {
    case "welcome":
      learnClock(message.now, Date.now(), Date.now());
      unread.value = message.unread;
      break;
    case "feed.new":
      if (message.count > newCount.value) announce(t("feed.new", { n: message.count }));
      newCount.value = message.count;
      break;
    case "post.counts":
      changePostItem(message.postId, (item) => ({ ...item, counts: message.counts }));
      break;
    case "notification":
      unread.value = message.unread;
      noteArrived(message.item);
      announce(t("notes.new", { n: message.unread }));
      break;
    case "post.gone":
      noteWithdrawn(message.postId);
      feed.remove(message.postId);
      break;
    case "packet.over":
      noteOver(message.packetId, message.status);
      break;
    case "session.revoked":
      sessionWasRevoked();
      break;
    case "pong":
      break;
  }
}

function socketUrl(): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/v1/realtime`;
}
