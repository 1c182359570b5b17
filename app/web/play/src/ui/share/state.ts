import { signal } from "@preact/signals";
import type { PostView } from "../../api/types";

/** The post whose share sheet is open. */
export const shared = signal<PostView | null>(null);

export function openShare(post: PostView): void {
  shared.value = post;
}
