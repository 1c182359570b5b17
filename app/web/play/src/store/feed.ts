/** The home feed: its list, its head, and how many newer posts wait above it. */

import { signal } from "@preact/signals";
import { countNew, readFeed } from "../api/posts";
import type { FeedPage, Id } from "../api/types";
import { PagedList } from "./paged";
import { putPosts } from "./posts";
import { onSignOut } from "./session";

interface FeedIds {
  items: Id[];
  nextCursor: string | null;
  page: FeedPage;
}

export const feedHead = signal<string | null>(null);
export const feedSource = signal<FeedPage["source"]>("following");
export const newCount = signal(0);

export const feed = new PagedList<Id, FeedIds>(
  async (cursor) => {
    const page = await readFeed(cursor);
    return { items: putPosts(page.items), nextCursor: page.nextCursor, page };
  },
  (id) => id,
  ({ page }) => {
    feedHead.value = page.head;
    feedSource.value = page.source;
    newCount.value = 0;
  },
);

/** Asks how many posts are newer; used on return to the page, when no live channel told us. */
export async function checkForNew(): Promise<void> {
  const head = feedHead.value;
  if (head === null) return;
  const answer = await countNew(head).catch(() => null);
  if (answer !== null && feedHead.value === head) newCount.value = answer.count;
}

export function startFeed(): void {
  onSignOut(() => {
    feed.reset();
    feedHead.value = null;
    newCount.value = 0;
  });
}
