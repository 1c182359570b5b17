import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Link } from "../../app/link";
import { t } from "../../i18n";
import { channelState } from "../../realtime";
import { checkForNew, feed, feedSource, newCount } from "../../store/feed";
import { announce, complain } from "../../store/toasts";
import { Endless } from "../../ui/endless";
import { Icon } from "../../ui/icons";
import { PostCard } from "../../ui/post/card";
import { Pull } from "../../ui/pull";
import { Empty, LoadFailed, PostSkeletons } from "../../ui/states";
import { PacketStrip } from "../packets/strip";
import { Suggestions } from "./suggestions";

const eagerCards = 2;

/** The home feed, newest first. */
export function FeedScreen(): JSX.Element {
  useEffect(() => {
    feed.open();
    const onShow = () => {
      if (document.visibilityState === "visible" && channelState.value !== "live") {
        void checkForNew();
      }
    };
    document.addEventListener("visibilitychange", onShow);
    return () => document.removeEventListener("visibilitychange", onShow);
  }, []);
  return (
    <div class="feed-screen">
      <header class="feed-bar">
        <h1 class="feed-brand" tabIndex={-1}>
          <img src="/icons/icon.svg" width="28" height="28" alt="" />
          {t("app.name")}
        </h1>
        <Link to="/discover?focus=search" class="feed-search" aria-label={t("act.search")}>
          <Icon name="search" size={18} />
          <span>{t("discover.search")}</span>
        </Link>
        <Link to="/packets" class="icon-button feed-gift" aria-label={t("packets.title")}>
          <Icon name="gift" />
        </Link>
      </header>
      <NewPosts />
      <Pull refresh={refreshFeed}>
        <PacketStrip />
        <FeedBody />
      </Pull>
    </div>
  );
}

async function refreshFeed(): Promise<void> {
  const done = await feed.refresh();
  if (done) announce(t("feed.refreshed"));
  else complain(t("feed.offlineShown"));
}

function NewPosts(): JSX.Element | null {
  const n = newCount.value;
  if (n === 0) return null;
  function show() {
    window.scrollTo({ top: 0 });
    void refreshFeed();
  }
  return (
    <div class="new-posts">
      <button type="button" class="new-posts-pill" onClick={show}>
        <Icon name="up" size={18} />
        {t("feed.new", { n })}
      </button>
    </div>
  );
}

function FeedBody(): JSX.Element {
  const state = feed.state.value;
  if (state === "loading") return <PostSkeletons />;
  if (state === "failed") {
    return <LoadFailed error={feed.error.value} retry={() => void feed.refresh()} />;
  }
  const ids = feed.items.value;
  const suggested = feedSource.value === "suggested";
  if (ids.length === 0) {
    return (
      <>
        <Empty scene="quiet" title={t("feed.emptyTitle")} hint={t("feed.empty")} />
        <Suggestions />
      </>
    );
  }
  return (
    <>
      {suggested ? <Suggestions /> : null}
      {suggested ? <p class="feed-note">{t("feed.suggested")}</p> : null}
      <div role="feed" aria-label={t("feed.list")} class="cards">
        {ids.map((id, index) => (
          <PostCard
            key={id}
            id={id}
            eager={index < eagerCards}
            withFollow={suggested}
            dropped={(gone) => feed.remove(gone)}
          />
        ))}
      </div>
      <Endless list={feed} end={<FeedEnd />} />
    </>
  );
}

function FeedEnd(): JSX.Element {
  return (
    <div class="feed-end">
      <p>{t("feed.end")}</p>
      <Link to="/discover">{t("feed.endHint")}</Link>
    </div>
  );
}
