import { accountPeople, accountPosts } from "../../api/accounts";
import type { Id, ListedAccount } from "../../api/types";
import { noteFollowing } from "../../store/follows";
import { cachedList, PagedList } from "../../store/paged";
import { putPosts } from "../../store/posts";

export function accountPostList(id: Id): PagedList<Id> {
  return cachedList(
    `account:${id}`,
    () =>
      new PagedList<Id>(
        async (cursor) => {
          const page = await accountPosts(id, cursor);
          return { items: putPosts(page.items), nextCursor: page.nextCursor };
        },
        (postId) => postId,
      ),
  );
}

export type Side = "followers" | "following";

export function peopleList(id: Id, side: Side): PagedList<ListedAccount> {
  return cachedList(
    `people:${side}:${id}`,
    () =>
      new PagedList<ListedAccount>(
        async (cursor) => {
          const page = await accountPeople(id, side, cursor);
          page.items.forEach(noteListed);
          return page;
        },
        (account) => account.id,
      ),
  );
}

/** A listed account tells whether the viewer follows it. */
export function noteListed(account: ListedAccount): void {
  if (account.viewer?.following !== undefined) noteFollowing(account.id, account.viewer.following);
}
