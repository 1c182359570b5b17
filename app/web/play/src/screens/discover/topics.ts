import { computed } from "@preact/signals";
import { feed } from "../../store/feed";
import { postSignal } from "../../store/posts";

const topicsMax = 10;

/** The hashtags of the posts this device has just seen, the most used first. */
export const topics = computed<string[]>(() => {
  const uses = new Map<string, number>();
  for (const id of feed.items.value) {
    for (const tag of postSignal(id)?.peek().post.hashtags ?? []) {
      uses.set(tag, (uses.get(tag) ?? 0) + 1);
    }
  }
  return [...uses.entries()]
    .sort(([, a], [, b]) => b - a)
    .slice(0, topicsMax)
    .map(([tag]) => tag);
});
