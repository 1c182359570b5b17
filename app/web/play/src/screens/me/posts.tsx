import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { myPosts, publishPost, withdrawPost } from "../../api/posts";
import { Link } from "../../app/link";
import { navigate, place } from "../../app/router";
import type { ManagedPost, PostStatus } from "../../api/types";
import { locale, t } from "../../i18n";
import type { Key } from "../../i18n";
import { explain } from "../../i18n/errors";
import { fullTime } from "../../i18n/format";
import { cachedList, forgetList, PagedList } from "../../store/paged";
import { complain, say } from "../../store/toasts";
import { Button } from "../../ui/button";
import { ask } from "../../ui/confirm";
import { Endless } from "../../ui/endless";
import { Icon } from "../../ui/icons";
import { Picture } from "../../ui/picture";
import { Empty, LoadFailed, RowSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { useList } from "../../ui/useList";
import { Ago } from "../../ui/values";
import "./me.css";

const tabs: { status: PostStatus; word: Key; none: Key }[] = [
  { status: "draft", word: "me.drafts", none: "me.noDrafts" },
  { status: "scheduled", word: "me.scheduled", none: "me.noScheduled" },
  { status: "published", word: "me.published", none: "me.noPublished" },
  { status: "withdrawn", word: "me.withdrawn", none: "me.noWithdrawn" },
];

/** The shopper's posts by what has become of them. */
export function MyPostsScreen(): JSX.Element {
  const asked = place.value.query.get("status");
  const current = tabs.find((tab) => tab.status === asked) ?? tabs[2];
  return (
    <>
      <TopBar title={t("me.posts")} back="/me" />
      <nav class="me-tabs" aria-label={t("me.posts")}>
        {tabs.map((tab) => (
          <Link
            key={tab.status}
            replace
            to={`/me/posts?status=${tab.status}`}
            class={tab === current ? "me-tab current" : "me-tab"}
            aria-current={tab === current ? "page" : undefined}
          >
            {t(tab.word)}
          </Link>
        ))}
      </nav>
      {current ? <Shelf key={current.status} status={current.status} none={current.none} /> : null}
    </>
  );
}

function Shelf({ status, none }: { status: PostStatus; none: Key }): JSX.Element {
  const list = cachedList(
    `mine:${status}`,
    () =>
      new PagedList<ManagedPost>(
        (cursor) => myPosts(status, cursor),
        (managed) => managed.post.id,
      ),
  );
  useList(list);
  const state = list.state.value;
  const posts = list.items.value;
  if (state === "loading") return <RowSkeletons />;
  if (state === "failed") {
    return <LoadFailed error={list.error.value} retry={() => void list.refresh()} />;
  }
  if (posts.length === 0) {
    return (
      <Empty scene="pen" title={t(none)}>
        <Link to="/publish" class="button button-plain button-m">
          {t("me.writeOne")}
        </Link>
      </Empty>
    );
  }
  return (
    <>
      <ul class="card rows inset">
        {posts.map((managed) => (
          <Mine key={managed.post.id} managed={managed} left={() => list.remove(managed.post.id)} />
        ))}
      </ul>
      <Endless list={list} />
    </>
  );
}

function Mine({ managed, left }: { managed: ManagedPost; left: () => void }): JSX.Element {
  const { post, status } = managed;
  const [busy, setBusy] = useState(false);
  const [first] = post.pictures;
  const open = status === "published" ? `/posts/${post.id}` : `/posts/${post.id}/edit`;

  async function run(work: () => Promise<unknown>, done: Key) {
    setBusy(true);
    try {
      await work();
      for (const tab of tabs) if (tab.status !== status) forgetList(`mine:${tab.status}`);
      left();
      say(t(done));
    } catch (error) {
      complain(explain(error));
      setBusy(false);
    }
  }
  async function withdraw() {
    if (!(await ask(t("post.withdrawAsk"), t("post.withdraw")))) return;
    await run(() => withdrawPost(post.id), "post.withdrawDone");
  }
  return (
    <li class="mine">
      <Link to={open} class="row">
        <span class="mine-picture">
          {first ? <Picture image={first} sizes="56px" alt="" /> : <Icon name="note" />}
        </span>
        <span class="row-words">
          <span class="mine-text">{post.text === "" ? t("me.noText") : post.text}</span>
          <Moment managed={managed} />
        </span>
      </Link>
      {status === "withdrawn" ? null : (
        <div class="mine-actions">
          <Button size="s" onClick={() => navigate(`/posts/${post.id}/edit`)}>
            {t("act.edit")}
          </Button>
          {status === "published" ? null : (
            <Button
              size="s"
              look="action"
              busy={busy}
              onClick={() => void run(() => publishPost(post.id), "publish.done")}
            >
              {t("me.publishNow")}
            </Button>
          )}
          {status === "draft" ? null : (
            <Button size="s" look="danger" onClick={() => void withdraw()}>
              {t("post.withdraw")}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}

function Moment({ managed }: { managed: ManagedPost }): JSX.Element | null {
  const { post, publishAt, status } = managed;
  if (status === "scheduled" && publishAt !== null) {
    const time = fullTime(Date.parse(publishAt), locale.value);
    return <span class="row-hint">{t("me.publishAt", { time })}</span>;
  }
  if (post.publishedAt === null) return null;
  return (
    <span class="row-hint">
      <Ago at={post.publishedAt} />
    </span>
  );
}
