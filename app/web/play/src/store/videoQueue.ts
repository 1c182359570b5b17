/** Which videos follow one another on the full screen: the one that was opened, then the video
 * posts of the feed. */

import { signal } from "@preact/signals";
import { readFeed, readPost } from "../api/posts";
import type { FeedItem, Id } from "../api/types";
import type { VideoCard } from "../api/videos";
import { feed } from "./feed";
import { postSignal, putPost } from "./posts";
import { signedIn } from "./session";

export interface Queued {
  videoId: Id;
  /** The post it was met in; null for a video opened by its own address. */
  postId: Id | null;
  card: VideoCard | null;
}

/** More is read when fewer than this wait behind the one that is watched. */
const aheadMin = 2;
const pagesAtOnce = 4;

export function videoOf(item: FeedItem): VideoCard | null {
  const { attachment } = item.post;
  return attachment?.type === "video" ? (attachment as VideoCard) : null;
}

export class VideoQueue {
  readonly items = signal<Queued[]>([]);
  readonly done = signal(false);
  readonly error = signal<unknown>(null);
  /** Whether the first look has ended: what is not there now is not on its way. */
  readonly looked = signal(false);

  private cursor: string | null = null;
  private begun = false;
  private reading = false;

  /** Begins with a post's video, or with a video by itself. */
  async begin(postId: Id | null, videoId: Id | null): Promise<void> {
    this.error.value = null;
    this.looked.value = false;
    this.done.value = false;
    try {
      if (postId !== null) {
        const item = postSignal(postId)?.value ?? putPost(await readPost(postId)).value;
        this.take([item]);
      } else if (videoId !== null) {
        this.items.value = [{ videoId, postId: null, card: null }];
      }
      this.take(this.loadedAfter(postId));
      await this.more(0);
    } catch (error) {
      this.error.value = error;
    }
    this.looked.value = true;
  }

  /** Reads further when the end is near. Without an answer the present end stays the end. */
  async more(index: number): Promise<void> {
    if (this.reading || this.done.value) return;
    if (!signedIn.value) {
      this.done.value = true; // the feed is somebody's
      return;
    }
    if (this.items.value.length - index - 1 >= aheadMin) return;
    this.reading = true;
    try {
      for (let page = 0; page < pagesAtOnce; page += 1) {
        if (this.begun && this.cursor === null) break;
        const answer = await readFeed(this.cursor);
        this.begun = true;
        this.cursor = answer.nextCursor;
        this.take(answer.items.map((item) => putPost(item).value));
        if (this.items.value.length - index - 1 >= aheadMin) break;
      }
      this.done.value = this.cursor === null;
    } catch (error) {
      this.done.value = true;
      if (this.items.value.length === 0) this.error.value = error;
    }
    this.reading = false;
  }

  /** What the feed behind the screen has already, from the opened post on. */
  private loadedAfter(postId: Id | null): FeedItem[] {
    const ids = feed.items.value;
    const from = postId === null ? 0 : ids.indexOf(postId) + 1;
    return ids.slice(from).flatMap((id) => postSignal(id)?.value ?? []);
  }

  private take(items: FeedItem[]): void {
    const known = new Set(this.items.value.map((each) => each.videoId));
    const next: Queued[] = [];
    for (const item of items) {
      const card = videoOf(item);
      if (card === null || known.has(card.id)) continue;
      known.add(card.id);
      next.push({ videoId: card.id, postId: item.post.id, card });
    }
    if (next.length > 0) this.items.value = [...this.items.value, ...next];
  }
}
