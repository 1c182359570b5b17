import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isGone } from "../../api/problems";
import { readPost } from "../../api/posts";
import { Link } from "../../app/link";
import { goBack, place } from "../../app/router";
import type { FeedItem, Id } from "../../api/types";
import { t } from "../../i18n";
import { feed } from "../../store/feed";
import { postSignal, putPost, withdrawn } from "../../store/posts";
import { observePost } from "../../store/visible";
import { IconButton } from "../../ui/button";
import { PostActions } from "../../ui/post/actions";
import { PostBody } from "../../ui/post/card";
import { PostHead } from "../../ui/post/head";
import { PostMenu } from "../../ui/post/menu";
import { Empty, LoadFailed, PostSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { Comments } from "./comments";
import { Composer } from "./composer";
import { closeComposer, openComposer } from "./replying";
import "./post.css";

/** One post with everything that was said about it. */
export function PostScreen({ id }: { id: Id }): JSX.Element {
  const [failure, setFailure] = useState<unknown>(null);
  const [menu, setMenu] = useState(false);
  const [, setLoaded] = useState(0);
  const load = () => {
    setFailure(null);
    readPost(id).then((item) => {
      putPost(item);
      setLoaded((count) => count + 1);
    }, setFailure);
  };
  useEffect(load, [id]);
  useEffect(() => closeComposer, [id]);
  const item = postSignal(id)?.value ?? null;
  const gone = isGone(failure) || withdrawn.value.has(id);
  return (
    <div class="post-screen">
      <TopBar title={t("post.title")} back="/">
        {item && !gone ? (
          <IconButton
            icon="dots"
            label={t("post.menu")}
            expanded={menu}
            onClick={() => setMenu(true)}
          />
        ) : null}
      </TopBar>
      {gone ? <Gone /> : null}
      {!gone && item === null && failure !== null ? (
        <LoadFailed error={failure} retry={load} />
      ) : null}
      {!gone && item === null && failure === null ? <PostSkeletons count={1} /> : null}
      {!gone && item !== null ? <Opened item={item} /> : null}
      {menu && item ? (
        <PostMenu
          item={item}
          close={() => setMenu(false)}
          dropped={() => {
            feed.remove(id);
            goBack("/");
          }}
        />
      ) : null}
    </div>
  );
}

function Opened({ item }: { item: FeedItem }): JSX.Element {
  const { post } = item;
  const box = useRef<HTMLElement>(null);
  const comments = useRef<HTMLElement>(null);
  useEffect(() => (box.current ? observePost(box.current, post.id) : undefined), [post.id]);
  useEffect(() => {
    if (place.value.query.get("focus") === "comments" && !place.value.returned) {
      comments.current?.scrollIntoView({ block: "start" });
    }
  }, []);
  return (
    <>
      <article
        ref={box}
        class="card post post-whole"
        aria-label={t("post.by", { name: post.account.name })}
      >
        <PostHead post={post} pinned={false} openMenu={null} menuOpen={false} withFollow />
        <PostBody post={post} eager />
        {post.editedAt ? (
          <Link to={`/posts/${post.id}/history`} class="post-history">
            {t("post.history")}
          </Link>
        ) : null}
        <PostActions item={item} comment={() => openComposer(null)} />
      </article>
      <section ref={comments} class="comments" aria-labelledby="comments-title">
        <Comments item={item} />
      </section>
      <Composer postId={post.id} />
    </>
  );
}

function Gone(): JSX.Element {
  return (
    <Empty scene="gone" title={t("post.gone")} hint={t("post.goneHint")}>
      <Link to="/" class="button button-action button-m">
        {t("notFound.home")}
      </Link>
    </Empty>
  );
}
