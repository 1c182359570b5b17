/** The comments of a post as the screen holds them: threads with one level of replies. */

import { readComments } from "../../api/comments";
import type { CommentView, Id } from "../../api/types";
import { cachedList, PagedList } from "../../store/paged";

export function commentList(postId: Id): PagedList<CommentView> {
  return cachedList(
    `comments:${postId}`,
    () =>
      new PagedList<CommentView>(
        (cursor) => readComments(postId, cursor),
        (comment) => comment.id,
      ),
  );
}

/** Puts a comment just written where it belongs. */
export function addComment(list: PagedList<CommentView>, comment: CommentView): void {
  if (comment.parentId === null) {
    list.prepend(comment);
    return;
  }
  const thread = list.items.value.find((each) => each.id === comment.parentId);
  if (!thread) return;
  list.replace({
    ...thread,
    replyCount: thread.replyCount + 1,
    replies: [...thread.replies.filter((each) => each.id !== comment.id), comment],
  });
}

/** Takes a comment away; how many left the post with it, replies included. */
export function removeComment(list: PagedList<CommentView>, comment: CommentView): number {
  if (comment.parentId === null) {
    list.remove(comment.id);
    return 1 + comment.replyCount;
  }
  const thread = list.items.value.find((each) => each.id === comment.parentId);
  if (thread) {
    list.replace({
      ...thread,
      replyCount: Math.max(0, thread.replyCount - 1),
      replies: thread.replies.filter((each) => each.id !== comment.id),
    });
  }
  return 1;
}

/** Shows a comment as it is now, in its thread. */
export function updateComment(list: PagedList<CommentView>, comment: CommentView): void {
  if (comment.parentId === null) {
    list.replace(comment);
    return;
  }
  const thread = list.items.value.find((each) => each.id === comment.parentId);
  if (!thread) return;
  const replies = thread.replies.map((each) => (each.id === comment.id ? comment : each));
  list.replace({ ...thread, replies });
}

/** Adds a page of replies to those already shown, oldest first, none twice. */
export function mergeReplies(shown: CommentView[], page: CommentView[]): CommentView[] {
  const byId = new Map([...shown, ...page].map((reply) => [reply.id, reply]));
  return [...byId.values()].sort(
    (a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.id < b.id ? -1 : 1),
  );
}
