import { describe, expect, it } from "vitest";
import type { CommentView, Page } from "../src/api/types";
import { addComment, mergeReplies, removeComment } from "../src/screens/post/commentList";
import { moved } from "../src/screens/publish/order";
import { PagedList } from "../src/store/paged";

const pages: Record<string, Page<string>> = {
  first: { items: ["a", "b", "a"], nextCursor: "2" },
  "2": { items: ["b", "c"], nextCursor: null },
};

describe("a list of pages", () => {
  const open = () =>
    new PagedList<string>(
      (cursor) => Promise.resolve(pages[cursor ?? "first"] as Page<string>),
      (item) => item,
    );

  it("shows every item once and knows its end", async () => {
    const list = open();
    await list.refresh();
    expect(list.items.value).toEqual(["a", "b"]);
    await list.loadMore();
    expect(list.items.value).toEqual(["a", "b", "c"]);
    expect(list.more.value).toBe("end");
    await list.loadMore();
    expect(list.items.value).toEqual(["a", "b", "c"]);
  });

  it("keeps what it shows when reading again fails", async () => {
    let fails = false;
    const list = new PagedList<string>(
      () =>
        fails ? Promise.reject(new Error("away")) : Promise.resolve(pages.first as Page<string>),
      (item) => item,
    );
    await list.refresh();
    fails = true;
    expect(await list.refresh()).toBe(false);
    expect(list.items.value).toEqual(["a", "b"]);
    expect(list.state.value).toBe("ready");
  });

  it("ignores an answer that a newer question has overtaken", async () => {
    const answers: ((page: Page<string>) => void)[] = [];
    const list = new PagedList<string>(
      () => new Promise((resolve) => answers.push(resolve)),
      (item) => item,
    );
    const slow = list.refresh();
    const quick = list.refresh();
    answers[1]?.({ items: ["new"], nextCursor: null });
    answers[0]?.({ items: ["old"], nextCursor: null });
    await Promise.all([slow, quick]);
    expect(list.items.value).toEqual(["new"]);
  });

  it("can try a failed page again", async () => {
    let fails = true;
    const list = new PagedList<string>(
      (cursor) =>
        cursor !== null && fails
          ? Promise.reject(new Error("away"))
          : Promise.resolve(pages[cursor ?? "first"] as Page<string>),
      (item) => item,
    );
    await list.refresh();
    await list.loadMore();
    expect(list.more.value).toBe("failed");
    fails = false;
    await list.loadMore();
    expect(list.items.value).toEqual(["a", "b", "c"]);
  });
});

describe("comments", () => {
  const comment = (id: string, parentId: string | null = null, second = 0): CommentView => ({
    id,
    postId: "1",
    author: { id: "9", kind: "shopper", name: "n", avatar: null, verified: false },
    text: id,
    createdAt: new Date(second * 1_000).toISOString(),
    parentId,
    replyTo: null,
    replyCount: 0,
    replies: [],
    isPostAuthor: false,
    hidden: false,
    viewer: { canDelete: true, canHide: false },
  });
  const threads = () => {
    const page = { items: [comment("t1"), comment("t2")], nextCursor: null };
    return new PagedList<CommentView>(
      () => Promise.resolve(page),
      (each) => each.id,
    );
  };

  it("put a reply into its thread and take it out again", async () => {
    const list = threads();
    await list.refresh();
    addComment(list, comment("r1", "t2"));
    expect(list.items.value[1]?.replies.map(({ id }) => id)).toEqual(["r1"]);
    expect(list.items.value[1]?.replyCount).toBe(1);
    expect(removeComment(list, comment("r1", "t2"))).toBe(1);
    expect(list.items.value[1]?.replyCount).toBe(0);
  });

  it("take their replies with them", async () => {
    const list = threads();
    await list.refresh();
    expect(removeComment(list, { ...comment("t1"), replyCount: 3 })).toBe(4);
    expect(list.items.value.map(({ id }) => id)).toEqual(["t2"]);
  });

  it("merge pages of replies, oldest first, none twice", () => {
    const merged = mergeReplies(
      [comment("b", "t", 2)],
      [comment("a", "t", 1), comment("b", "t", 2), comment("c", "t", 3)],
    );
    expect(merged.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });
});

describe("moving a picture", () => {
  it("shifts the others and stays in range", () => {
    expect(moved(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b"], 0, 5)).toEqual(["a", "b"]);
  });
});
