import type { Id, NotificationView, PostCounts, Timestamp } from "../api/types";

export type ServerMessage =
  | { type: "welcome"; now: Timestamp; unread: number }
  | { type: "feed.new"; count: number; head: string }
  | { type: "post.counts"; postId: Id; counts: PostCounts }
  | { type: "notification"; id: Id; unread: number; item: NotificationView }
  | { type: "post.gone"; postId: Id }
  | { type: "packet.over"; packetId: Id; status: "sold_out" | "closed" }
  | { type: "session.revoked" }
  | { type: "pong" };

export type ClientMessage =
  | { type: "watch"; postIds: Id[] }
  | { type: "seen"; head: string }
  | { type: "token"; accessToken: string }
  | { type: "ping" };

export function parseMessage(text: string): ServerMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    const known = typeof message === "object" && message !== null && "type" in message;
    return known ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}
