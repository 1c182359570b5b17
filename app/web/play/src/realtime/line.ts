import type { Id } from "../api/types";
import type { ClientMessage, ServerMessage } from "./messages";

/** What a new connection tells the server, so that nothing in between is lost. */
export interface Greeting {
  head: string | null;
  lastEventId: string | null;
  postIds: Id[];
}

export interface LineEvents {
  /** The server has answered; the line works. */
  opened(): void;
  message(message: ServerMessage, eventId: string | null): void;
  /** Called once, after which the line is dead. `refused` says that the token was not accepted. */
  closed(refused: boolean): void;
}

/** One connection to the server, over a WebSocket or over a streamed response. */
export interface Line {
  /** False when this kind of line cannot carry the message and must be opened anew. */
  send(message: ClientMessage): boolean;
  close(): void;
}

export type OpenLine = (greeting: Greeting, events: LineEvents) => Line;
