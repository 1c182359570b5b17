/** Every post that is on some screen, once: a like on one screen shows on all. */

import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { FeedItem, Id, PostCounts } from "../api/types";
import { noteFollowing } from "./follows";

const itemsMax = 1_000;
const items = new Map<Id, Signal<FeedItem>>();

/** Posts that were withdrawn while this page was open. */
export const withdrawn = signal<ReadonlySet<Id>>(new Set());

export function noteWithdrawn(id: Id): void {
  withdrawn.value = new Set([...withdrawn.value, id]);
}

/** A wish not yet fulfilled wins over what the server says; set by the intents. */
type Overlay = (item: FeedItem) => FeedItem;
let overlay: Overlay = (item) => item;

export function setOverlay(next: Overlay): void {
  overlay = next;
}

export function putPost(item: FeedItem): Signal<FeedItem> {
  const shown = overlay(item);
  noteFollowing(item.post.account.id, item.viewer.following);
  const known = items.get(item.post.id);
  if (known) {
    known.value = shown;
    return known;
  }
  const made = signal(shown);
  items.set(item.post.id, made);
  if (items.size > itemsMax) forgetOldest();
  return made;
}

/** Keeps the posts of a page and answers their ids, which is what lists hold. */
export function putPosts(page: FeedItem[]): Id[] {
  return page.map((item) => putPost(item).value.post.id);
}

export function postSignal(id: Id): Signal<FeedItem> | null {
  return items.get(id) ?? null;
}

export function changePostItem(id: Id, change: (item: FeedItem) => FeedItem): void {
  const known = items.get(id);
  if (known) known.value = change(known.value);
}

export function setCounts(id: Id, counts: Partial<PostCounts>): void {
  changePostItem(id, (item) => ({ ...item, counts: { ...item.counts, ...counts } }));
}

export function addToCount(id: Id, name: keyof PostCounts, by: number): void {
  changePostItem(id, (item) => ({
    ...item,
    counts: { ...item.counts, [name]: Math.max(0, item.counts[name] + by) },
  }));
}

export function forgetPost(id: Id): void {
  items.delete(id);
}

export function forgetPosts(): void {
  items.clear();
}

function forgetOldest(): void {
  const oldest = items.keys().next();
  if (!oldest.done) items.delete(oldest.value);
}
