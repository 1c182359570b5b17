import { signal } from "@preact/signals";
import type { CommentView } from "../../api/types";

/** Whom the composer answers: a comment, or the post itself; closed while undefined. */
export const replying = signal<CommentView | null | undefined>(undefined);

export function openComposer(comment: CommentView | null): void {
  replying.value = comment;
}

export function closeComposer(): void {
  replying.value = undefined;
}
