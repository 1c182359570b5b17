/**
 * Keeps one line to the server open.
 *
 * A WebSocket first; after two failures in a row a streamed response instead, because some networks
 * let no WebSocket through. Lost lines are opened again with full jitter, telling the server the
 * feed's head and the last event, so that what happened in between is replayed.
 */

import type { Id } from "../api/types";
import type { Line, OpenLine } from "./line";
import type { ClientMessage, ServerMessage } from "./messages";

export type ConnectionState = "off" | "connecting" | "live" | "waiting";

export interface ConnectionDoors {
  openSocket: OpenLine;
  openStream: OpenLine;
  message(message: ServerMessage): void;
  state(state: ConnectionState): void;
  head(): string | null;
  /** The token was refused: get another one before the next attempt. */
  renewToken(): void;
  pauseMs(failures: number): number;
  schedule(work: () => void, ms: number): () => void;
}

const socketFailuresMax = 2;
const watchMax = 50;
const rewatchMs = 2_000;

export class Connection {
  private line: Line | null = null;
  private wanted = false;
  private live = false;
  private failures = 0;
  private socketFailures = 0;
  private lastEventId: string | null = null;
  private watched: Id[] = [];
  private stopWaiting: (() => void) | null = null;
  private rewatching: (() => void) | null = null;

  constructor(private readonly doors: ConnectionDoors) {}

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.open();
  }

  stop(): void {
    this.wanted = false;
    this.drop();
    this.doors.state("off");
  }

  /** Forgets the replay position too: the next shopper has other events. */
  forget(): void {
    this.stop();
    this.failures = 0;
    this.socketFailures = 0;
    this.lastEventId = null;
    this.watched = [];
  }

  /** The network is back: no more waiting. */
  hurry(): void {
    if (!this.wanted || this.line !== null) return;
    this.stopWaiting?.();
    this.open();
  }

  /** The posts whose counters the shopper can see. */
  watch(postIds: Id[]): void {
    const next = postIds.slice(0, watchMax);
    if (next.length === this.watched.length && next.every((id, i) => id === this.watched[i])) {
      return;
    }
    this.watched = next;
    this.tell({ type: "watch", postIds: next });
  }

  tell(message: ClientMessage): void {
    if (!this.live || this.line === null || this.line.send(message)) return;
    this.rewatching ??= this.doors.schedule(() => {
      this.rewatching = null;
      if (this.wanted && this.live) this.reopen();
    }, rewatchMs);
  }

  private open(): void {
    const bySocket = this.socketFailures < socketFailuresMax;
    const open = bySocket ? this.doors.openSocket : this.doors.openStream;
    this.live = false;
    this.doors.state("connecting");
    const greeting = {
      head: this.doors.head(),
      lastEventId: this.lastEventId,
      postIds: this.watched,
    };
    this.line = open(greeting, {
      opened: () => this.opened(bySocket),
      message: (message, eventId) => {
        if (eventId !== null) this.lastEventId = eventId;
        this.doors.message(message);
      },
      closed: (refused) => this.closed(bySocket, refused),
    });
  }

  private opened(bySocket: boolean): void {
    this.live = true;
    this.failures = 0;
    if (bySocket) this.socketFailures = 0;
    this.doors.state("live");
  }

  private closed(bySocket: boolean, refused: boolean): void {
    const wasLive = this.live;
    this.line = null;
    this.live = false;
    if (!this.wanted) return;
    if (refused) this.doors.renewToken();
    else if (bySocket && !wasLive) this.socketFailures += 1;
    // A stream that ended gives the WebSocket one more chance.
    else if (!bySocket) this.socketFailures = socketFailuresMax - 1;
    this.failures += 1;
    this.doors.state("waiting");
    this.stopWaiting = this.doors.schedule(() => {
      this.stopWaiting = null;
      if (this.wanted && this.line === null) this.open();
    }, this.doors.pauseMs(this.failures));
  }

  private reopen(): void {
    this.line?.close();
    this.open();
  }

  private drop(): void {
    this.stopWaiting?.();
    this.stopWaiting = null;
    this.rewatching?.();
    this.rewatching = null;
    this.line?.close();
    this.line = null;
    this.live = false;
  }
}
