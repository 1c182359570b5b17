import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { FeedItem } from "../../api/types";
import { t } from "../../i18n";
import { Endless } from "../../ui/endless";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { useList } from "../../ui/useList";
import { commentList } from "./commentList";
import { Thread } from "./thread";

export function Comments({ item }: { item: FeedItem }): JSX.Element {
  const list = commentList(item.post.id);
  useList(list);
  const state = list.state.value;
  const comments = list.items.value;
  const told = item.counts.comments;
  // the first word under a quiet post, said while somebody looks: the count hears of it live
  useEffect(() => {
    if (list.state.value === "ready" && list.items.value.length === 0 && told > 0) {
      void list.refresh();
    }
  }, [list, told]);
  return (
    <>
      <h2 id="comments-title">{t("comment.count", { n: told })}</h2>
      {state === "loading" ? <RowSkeletons count={4} /> : null}
      {state === "failed" ? (
        <LoadFailed error={list.error.value} retry={() => void list.refresh()} />
      ) : null}
      {state === "ready" && comments.length === 0 ? (
        <Empty scene="quiet" title={t("comment.empty")} hint={t("comment.emptyHint")} />
      ) : null}
      {state === "ready" && comments.length > 0 ? (
        <>
          <ul class="threads">
            {comments.map((comment) => (
              <Thread key={comment.id} comment={comment} list={list} />
            ))}
          </ul>
          <Endless list={list} end={<p class="endless-end">{t("comment.end")}</p>} />
        </>
      ) : null}
    </>
  );
}
