import { call } from "./http";
import type { FeedItem, FeedPage, Id, ManagedPost, Page, PostDraft, PostStatus } from "./types";
import type { PostVersion, ShareChannel } from "./types";

export function readFeed(cursor: string | null): Promise<FeedPage> {
  return call("GET", "/v1/feed", { query: { cursor, limit: 20 } });
}

export function countNew(head: string): Promise<{ count: number; head: string }> {
  return call("GET", "/v1/feed/new", { query: { since: head } });
}

export function hashtagPosts(tag: string, cursor: string | null): Promise<Page<FeedItem>> {
  return call("GET", `/v1/hashtags/${encodeURIComponent(tag)}/posts`, {
    query: { cursor, limit: 20 },
  });
}

export function readPost(id: Id): Promise<FeedItem> {
  return call("GET", `/v1/posts/${id}`);
}

export function createPost(draft: PostDraft): Promise<ManagedPost> {
  return call("POST", "/v1/posts", { body: draft });
}

/** What an edit may change; a null `publishAt` makes a scheduled post a draft again. */
export type PostChange = Pick<PostDraft, "text" | "pictureIds" | "productIds" | "audience"> & {
  publishAt?: string | null;
};

export function changePost(id: Id, change: PostChange): Promise<ManagedPost> {
  return call("PATCH", `/v1/posts/${id}`, { body: change });
}

export function publishPost(id: Id): Promise<ManagedPost> {
  return call("POST", `/v1/posts/${id}/publish`);
}

export function withdrawPost(id: Id): Promise<ManagedPost> {
  return call("POST", `/v1/posts/${id}/withdraw`);
}

export function setPin(id: Id, on: boolean): Promise<void> {
  return call(on ? "PUT" : "DELETE", `/v1/posts/${id}/pin`);
}

export async function postHistory(id: Id): Promise<PostVersion[]> {
  const answer = await call<Page<PostVersion> | PostVersion[]>("GET", `/v1/posts/${id}/history`);
  return Array.isArray(answer) ? answer : answer.items;
}

export function myPosts(status: PostStatus, cursor: string | null): Promise<Page<ManagedPost>> {
  return call("GET", "/v1/me/posts", { query: { status, cursor, limit: 20 } });
}

export function setLike(id: Id, on: boolean): Promise<{ liked: boolean; likes: number }> {
  return call(on ? "PUT" : "DELETE", `/v1/posts/${id}/like`);
}

export function sharePost(id: Id, channel: ShareChannel): Promise<{ shares: number; url: string }> {
  return call("POST", `/v1/posts/${id}/shares`, { body: { channel } });
}

export function setNotInterested(id: Id, on: boolean): Promise<{ notInterested: boolean }> {
  return call(on ? "PUT" : "DELETE", `/v1/posts/${id}/not-interested`);
}

export function sendViews(postIds: Id[]): Promise<void> {
  return call("POST", "/v1/views", { body: { postIds }, keepalive: true });
}
