import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { navigate } from "../../app/router";
import type { FeedItem } from "../../api/types";
import { locale, t } from "../../i18n";
import { formatCount } from "../../i18n/format";
import { requireSignIn } from "../../store/gate";
import { likePost } from "../../store/intentsWired";
import { Icon } from "../icons";
import { openShare } from "../share/state";

interface ActionsProps {
  item: FeedItem;
  /** On the post's own screen, "comment" goes to the comment field. */
  comment?: () => void;
}

/** Like, comment and share in one row. */
export function PostActions({ item, comment }: ActionsProps): JSX.Element {
  const { post, counts } = item;
  const openComments = comment ?? (() => navigate(`/posts/${post.id}?focus=comments`));
  return (
    <footer class="actions">
      <LikeButton item={item} />
      <button
        type="button"
        class="action"
        aria-label={t("post.commentCount", { n: counts.comments })}
        onClick={openComments}
      >
        <Icon name="comment" size={22} />
        <CountWord n={counts.comments} word={t("post.comment")} />
      </button>
      <button
        type="button"
        class="action"
        aria-label={t("post.shareCount", { n: counts.shares })}
        onClick={() => openShare(post)}
      >
        <Icon name="share" size={22} />
        <CountWord n={counts.shares} word={t("post.share")} />
      </button>
      <span class="views" role="img" aria-label={t("post.views", { n: counts.views })}>
        <Icon name="eye" size={18} />
        {formatCount(counts.views, locale.value)}
      </span>
    </footer>
  );
}

function LikeButton({ item }: { item: FeedItem }): JSX.Element {
  const { liked } = item.viewer;
  const [touched, setTouched] = useState(false);
  const n = item.counts.likes;
  function toggle() {
    if (!requireSignIn()) return;
    setTouched(true);
    likePost(item.post.id, !liked);
  }
  return (
    <button
      type="button"
      class={`action like${liked ? " on" : ""}${touched && liked ? " burst" : ""}`}
      aria-pressed={liked}
      aria-label={t(liked ? "post.unlikeCount" : "post.likeCount", { n })}
      onClick={toggle}
    >
      <Icon name="heart" size={22} filled={liked} />
      <CountWord n={n} word={t("post.like")} />
    </button>
  );
}

/** The number, or the word while there is nothing to count. */
function CountWord({ n, word }: { n: number; word: string }): JSX.Element {
  return <span class="count">{n > 0 ? formatCount(n, locale.value) : word}</span>;
}
