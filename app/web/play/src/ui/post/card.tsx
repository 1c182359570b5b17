import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { navigate } from "../../app/router";
import type { FeedItem, Id, PostView } from "../../api/types";
import { t } from "../../i18n";
import { postSignal, withdrawn } from "../../store/posts";
import { observePost } from "../../store/visible";
import { PostActions } from "./actions";
import { AttachmentSlot } from "./attachment";
import { PictureGrid } from "./grid";
import { PostHead } from "./head";
import { PostMenu } from "./menu";
import { ProductChips } from "./products";
import { RepostCard } from "./repost";
import { Words } from "./words";

interface CardProps {
  id: Id;
  /** Pictures of the first cards are fetched at once. */
  eager?: boolean;
  withFollow?: boolean;
  withPinned?: boolean;
  /** The list drops the post: not interested, withdrawn, muted. */
  dropped?: (id: Id) => void;
}

export function PostCard(props: CardProps): JSX.Element | null {
  const item = postSignal(props.id)?.value;
  const [menu, setMenu] = useState(false);
  const box = useRef<HTMLElement>(null);
  useEffect(() => (box.current ? observePost(box.current, props.id) : undefined), [props.id]);
  if (!item || withdrawn.value.has(props.id)) return null;
  return (
    <article
      ref={box}
      class="card post"
      aria-label={t("post.by", { name: item.post.account.name })}
      onClick={(event) => openUnlessHandled(event, item)}
    >
      <PostHead
        post={item.post}
        pinned={props.withPinned === true && item.pinned === true}
        withFollow={props.withFollow ?? false}
        menuOpen={menu}
        openMenu={() => setMenu(true)}
      />
      <PostBody post={item.post} clamp eager={props.eager ?? false} />
      <PostActions item={item} />
      {menu ? (
        <PostMenu
          item={item}
          close={() => setMenu(false)}
          dropped={() => props.dropped?.(props.id)}
        />
      ) : null}
    </article>
  );
}

interface BodyProps {
  post: PostView;
  clamp?: boolean;
  eager?: boolean;
}

/** Everything between the account line and the actions. */
export function PostBody({ post, clamp, eager }: BodyProps): JSX.Element {
  return (
    <div class="post-body">
      {post.kind === "pictures" || post.kind === "repost" ? null : (
        <span class={`post-kind kind-${post.kind}`}>{t(`postKind.${post.kind}`)}</span>
      )}
      <Words text={post.text} hashtags={post.hashtags} clamp={clamp ?? false} />
      <PictureGrid pictures={post.pictures} eager={eager ?? false} />
      {post.kind === "repost" ? <RepostCard original={post.repostOf} /> : null}
      {post.attachment ? <AttachmentSlot attachment={post.attachment} post={post} /> : null}
      <ProductChips products={post.products} />
    </div>
  );
}

/** A tap on the card itself opens the post; links, buttons and selected text keep their meaning. */
function openUnlessHandled(event: MouseEvent, item: FeedItem): void {
  const target = event.target;
  if (!(target instanceof Element) || event.defaultPrevented) return;
  if (target.closest("a, button, dialog, input, textarea")) return;
  if ((window.getSelection()?.toString() ?? "") !== "") return;
  navigate(`/posts/${item.post.id}`);
}
