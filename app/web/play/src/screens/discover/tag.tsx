import type { JSX } from "preact";
import { hashtagPosts } from "../../api/posts";
import { Link } from "../../app/link";
import type { Id } from "../../api/types";
import { t } from "../../i18n";
import { cachedList, PagedList } from "../../store/paged";
import { putPosts } from "../../store/posts";
import { Endless } from "../../ui/endless";
import { PostCard } from "../../ui/post/card";
import { Empty, LoadFailed, PostSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { useList } from "../../ui/useList";

/** All posts of one topic. */
export function TagScreen({ tag }: { tag: string }): JSX.Element {
  const list = cachedList(
    `tag:${tag}`,
    () =>
      new PagedList<Id>(
        async (cursor) => {
          const page = await hashtagPosts(tag, cursor);
          return { items: putPosts(page.items), nextCursor: page.nextCursor };
        },
        (id) => id,
      ),
  );
  useList(list);
  const state = list.state.value;
  const ids = list.items.value;
  const write = `/publish?tag=${encodeURIComponent(tag)}`;
  return (
    <>
      <TopBar title={t("tag.title", { tag })} back="/discover">
        <Link to={write} class="text-button topbar-text">
          {t("tag.publish")}
        </Link>
      </TopBar>
      {state === "loading" ? <PostSkeletons /> : null}
      {state === "failed" ? (
        <LoadFailed error={list.error.value} retry={() => void list.refresh()} />
      ) : null}
      {state === "ready" && ids.length === 0 ? (
        <Empty scene="pen" title={t("tag.empty")} hint={t("tag.emptyHint")}>
          <Link to={write} class="button button-action button-m">
            {t("tag.publish")}
          </Link>
        </Empty>
      ) : null}
      {state === "ready" && ids.length > 0 ? (
        <>
          <div role="feed" aria-label={t("feed.list")} class="cards">
            {ids.map((id) => (
              <PostCard key={id} id={id} withFollow dropped={(gone) => list.remove(gone)} />
            ))}
          </div>
          <Endless list={list} />
        </>
      ) : null}
    </>
  );
}
