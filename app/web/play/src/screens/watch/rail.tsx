import type { JSX } from "preact";
import { Link } from "../../app/link";
import { navigate } from "../../app/router";
import type { FeedItem } from "../../api/types";
import { locale, t } from "../../i18n";
import { formatCount } from "../../i18n/format";
import { requireSignIn } from "../../store/gate";
import { likePost } from "../../store/intentsWired";
import { followSignal } from "../../store/follows";
import { postSignal } from "../../store/posts";
import { me } from "../../store/session";
import type { Queued } from "../../store/videoQueue";
import { productCues } from "../../video/time";
import type { Player } from "../../video/player";
import { Avatar } from "../../ui/avatar";
import { FollowButton } from "../../ui/follow";
import { Icon } from "../../ui/icons";
import { openShare } from "../../ui/share/state";
import { trayOpen } from "./state";

interface RailProps {
  item: Queued;
  player: Player;
}

/** What to do with the film, under the right thumb. */
export function Rail({ item, player }: RailProps): JSX.Element {
  const post = item.postId === null ? null : (postSignal(item.postId)?.value ?? null);
  const products = productCues(player.play.value?.timeline.cues ?? []);
  return (
    <div class="rail" onPointerDown={(event) => event.stopPropagation()}>
      {post === null ? null : <PostRail item={post} />}
      {products.length === 0 ? null : (
        <button
          type="button"
          class="rail-tray"
          aria-haspopup="dialog"
          aria-label={t("video.productCount", { n: products.length })}
          onClick={() => {
            trayOpen.value = true;
          }}
        >
          <Icon name="bag" size={26} />
          <span class="rail-count">{products.length}</span>
        </button>
      )}
    </div>
  );
}

function PostRail({ item }: { item: FeedItem }): JSX.Element {
  const { post, counts, viewer } = item;
  return (
    <>
      <Author item={item} />
      <button
        type="button"
        class={viewer.liked ? "rail-button on" : "rail-button"}
        aria-pressed={viewer.liked}
        aria-label={t(viewer.liked ? "post.unlikeCount" : "post.likeCount", { n: counts.likes })}
        onClick={() => {
          if (requireSignIn()) likePost(post.id, !viewer.liked);
        }}
      >
        <Icon name="heart" size={32} filled />
        <Count n={counts.likes} word={t("post.like")} />
      </button>
      <button
        type="button"
        class="rail-button"
        aria-label={t("post.commentCount", { n: counts.comments })}
        onClick={() => navigate(`/posts/${post.id}?focus=comments`)}
      >
        <Icon name="comment" size={30} filled />
        <Count n={counts.comments} word={t("post.comment")} />
      </button>
      <button
        type="button"
        class="rail-button"
        aria-label={t("post.shareCount", { n: counts.shares })}
        onClick={() => openShare(post)}
      >
        <Icon name="share" size={30} filled />
        <Count n={counts.shares} word={t("post.share")} />
      </button>
    </>
  );
}

function Author({ item }: { item: FeedItem }): JSX.Element {
  const { account } = item.post;
  const following = followSignal(account.id).value;
  const mine = me.value?.accountId === account.id;
  return (
    <div class="rail-author">
      <Link to={`/accounts/${account.id}`} aria-label={account.name}>
        <Avatar account={account} size={56} />
      </Link>
      {following || mine ? null : (
        <span class="rail-follow">
          <FollowButton account={account} />
        </span>
      )}
    </div>
  );
}

function Count({ n, word }: { n: number; word: string }): JSX.Element {
  return <span>{n > 0 ? formatCount(n, locale.value) : word}</span>;
}
