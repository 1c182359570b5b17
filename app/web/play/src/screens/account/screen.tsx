import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readAccount } from "../../api/accounts";
import { isGone } from "../../api/problems";
import { Link } from "../../app/link";
import type { AccountView, Id } from "../../api/types";
import { t } from "../../i18n";
import { noteFollowing } from "../../store/follows";
import { me } from "../../store/session";
import { IconButton } from "../../ui/button";
import { Endless } from "../../ui/endless";
import { PostCard } from "../../ui/post/card";
import { Empty, LoadFailed, PostSkeletons } from "../../ui/states";
import { TopBar } from "../../ui/topbar";
import { useList } from "../../ui/useList";
import { popUp } from "./popUp";
import { accountPostList } from "./data";
import { AccountHead } from "./head";
import { AccountMenu } from "./menu";
import "./account.css";

/** An account's own page: who it is, and its posts with the pinned ones first. */
export function AccountScreen({ id }: { id: Id }): JSX.Element {
  const [account, setAccount] = useState<AccountView | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [menu, setMenu] = useState(false);
  const load = () => {
    setFailure(null);
    readAccount(id).then((answer) => {
      noteFollowing(answer.id, answer.viewer.following);
      setAccount(answer);
    }, setFailure);
  };
  const isBrand = account?.kind === "brand" && account.id === id;
  useEffect(() => (isBrand ? popUp(id) : undefined), [id, isBrand, me.value?.id]);
  useEffect(load, [id, me.value?.name, me.value?.avatar?.id]);
  return (
    <div class="account-screen">
      <TopBar title={account?.name ?? t("account.title")} back="/">
        {account && !account.viewer.isSelf ? (
          <IconButton
            icon="dots"
            label={t("account.menu")}
            expanded={menu}
            onClick={() => setMenu(true)}
          />
        ) : null}
      </TopBar>
      {account === null && failure !== null ? <Failed failure={failure} retry={load} /> : null}
      {account === null && failure === null ? <PostSkeletons count={2} /> : null}
      {account ? (
        <>
          <AccountHead account={account} change={setAccount} />
          {account.viewer.blocked ? (
            <Empty scene="gone" title={t("account.blockedHere")} />
          ) : (
            <AccountPosts id={id} />
          )}
        </>
      ) : null}
      {menu && account ? (
        <AccountMenu account={account} change={setAccount} close={() => setMenu(false)} />
      ) : null}
    </div>
  );
}

function AccountPosts({ id }: { id: Id }): JSX.Element {
  const list = accountPostList(id);
  useList(list);
  const state = list.state.value;
  const ids = list.items.value;
  if (state === "loading") return <PostSkeletons count={2} />;
  if (state === "failed") {
    return <LoadFailed error={list.error.value} retry={() => void list.refresh()} />;
  }
  if (ids.length === 0) {
    return <Empty scene="pen" title={t("account.empty")} hint={t("account.emptyHint")} />;
  }
  return (
    <>
      <div role="feed" aria-label={t("feed.list")} class="cards">
        {ids.map((postId) => (
          <PostCard key={postId} id={postId} withPinned dropped={(gone) => list.remove(gone)} />
        ))}
      </div>
      <Endless list={list} />
    </>
  );
}

function Failed({ failure, retry }: { failure: unknown; retry: () => void }): JSX.Element {
  if (!isGone(failure)) return <LoadFailed error={failure} retry={retry} />;
  return (
    <Empty scene="gone" title={t("account.gone")} hint={t("account.goneHint")}>
      <Link to="/" class="button button-action button-m">
        {t("notFound.home")}
      </Link>
    </Empty>
  );
}
