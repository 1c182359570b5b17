import { call } from "./http";
import type { CommentView, Id, NotificationView, Page } from "./types";

export function readComments(postId: Id, cursor: string | null): Promise<Page<CommentView>> {
  return call("GET", `/v1/posts/${postId}/comments`, { query: { cursor, limit: 20 } });
}

export function readReplies(commentId: Id, cursor: string | null): Promise<Page<CommentView>> {
  return call("GET", `/v1/comments/${commentId}/replies`, { query: { cursor, limit: 20 } });
}

/** `clientId` makes a second attempt after a lost answer harmless. */
export function writeComment(
  postId: Id,
  comment: { text: string; parentId?: Id; clientId: string },
): Promise<CommentView> {
  return call("POST", `/v1/posts/${postId}/comments`, { body: comment });
}

export function deleteComment(id: Id): Promise<void> {
  return call("DELETE", `/v1/comments/${id}`);
}

export function setCommentHidden(id: Id, on: boolean): Promise<{ hidden: boolean }> {
  return call(on ? "PUT" : "DELETE", `/v1/comments/${id}/hide`);
}

export function readNotifications(cursor: string | null): Promise<Page<NotificationView>> {
  return call("GET", "/v1/notifications", { query: { cursor, limit: 30 } });
}

export function unreadCount(): Promise<{ count: number }> {
  return call("GET", "/v1/notifications/unread");
}

export function markRead(upToId: Id): Promise<{ count: number }> {
  return call("POST", "/v1/notifications/read", { body: { upToId } });
}
